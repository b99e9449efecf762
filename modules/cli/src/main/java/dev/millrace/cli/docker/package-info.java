/** Millrace in containers on this machine: the engine that is here, the images in it, and what the compose file starts. */
@NullMarked
package dev.millrace.cli.docker;

import org.jspecify.annotations.NullMarked;
