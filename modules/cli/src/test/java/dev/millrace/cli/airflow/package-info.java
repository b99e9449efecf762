@NullMarked
package dev.millrace.cli.airflow;

import org.jspecify.annotations.NullMarked;
