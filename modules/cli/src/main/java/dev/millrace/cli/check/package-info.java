/** What this machine and an environment have and lack. */
@NullMarked
package dev.millrace.cli.check;

import org.jspecify.annotations.NullMarked;
