/** Images of the jobs: built without Docker, published by digest. */
@NullMarked
package dev.millrace.cli.images;

import org.jspecify.annotations.NullMarked;
