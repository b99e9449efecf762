/** The Spark session and its way into the lake. */
@NullMarked
package dev.millrace.transform.session;

import org.jspecify.annotations.NullMarked;
