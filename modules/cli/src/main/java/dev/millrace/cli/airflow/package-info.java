/** Airflow asked and told over REST. */
@NullMarked
package dev.millrace.cli.airflow;

import org.jspecify.annotations.NullMarked;
