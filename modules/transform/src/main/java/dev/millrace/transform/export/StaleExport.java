package dev.millrace.transform.export;

import dev.millrace.contract.Export;
import dev.millrace.contract.ModelTable;

/** An export that is not what its model is now, and why. */
public record StaleExport(ModelTable model, Export export, String reason) {}
