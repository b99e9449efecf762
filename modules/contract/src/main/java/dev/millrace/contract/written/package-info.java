/** Files as they are written: every value with its line and path, nothing filled in, nothing believed. */
@NullMarked
package dev.millrace.contract.written;

import org.jspecify.annotations.NullMarked;
