package dev.millrace.contract.written;

import dev.millrace.contract.written.ContractDocument.CustomProperty;
import dev.millrace.contract.written.ContractDocument.PropertyDocument;
import dev.millrace.contract.written.ContractDocument.TableDocument;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads a document of the Open Data Contract Standard, version 3, as it is written. */
public final class DocumentReader {
    private static final Set<String> DOCUMENT = Set.of(
            "apiVersion",
            "authoritativeDefinitions",
            "contractCreatedTs",
            "customProperties",
            "dataProduct",
            "description",
            "domain",
            "id",
            "kind",
            "name",
            "price",
            "roles",
            "schema",
            "servers",
            "slaDefaultElement",
            "slaProperties",
            "status",
            "support",
            "tags",
            "team",
            "tenant",
            "version");
    private static final Set<String> ELEMENT = Set.of(
            "authoritativeDefinitions",
            "businessName",
            "customProperties",
            "description",
            "id",
            "logicalType",
            "name",
            "physicalName",
            "physicalType",
            "quality",
            "relationships",
            "tags");
    private static final Set<String> OBJECT = plus("dataGranularityDescription", "properties");
    private static final Set<String> PROPERTY = plus(
            "classification",
            "criticalDataElement",
            "encryptedName",
            "examples",
            "logicalTypeOptions",
            "partitionKeyPosition",
            "partitioned",
            "primaryKey",
            "primaryKeyPosition",
            "required",
            "transformDescription",
            "transformLogic",
            "transformSourceObjects",
            "unique");
    private static final Set<String> CUSTOM_PROPERTY = Set.of("description", "id", "property", "value");

    private final Problems problems;

    private DocumentReader(Problems problems) {
        this.problems = problems;
    }

    /** The document; empty, with the reasons among the problems, where the file is no YAML mapping. */
    public static Optional<ContractDocument> read(Path file, Problems problems) {
        return YamlFile.read(file, problems)
                .map(members -> new DocumentReader(problems).document(Fields.of(members, problems)));
    }

    private ContractDocument document(Fields fields) {
        fields.refuseOthersThan(DOCUMENT, "a contract");
        return new ContractDocument(
                fields.place(),
                fields.text("kind"),
                fields.text("apiVersion"),
                fields.text("id"),
                fields.text("name"),
                fields.text("version"),
                fields.fields("description").flatMap(description -> description.text("purpose")),
                customProperties(fields),
                fields.list("schema").stream().map(this::table).toList());
    }

    private TableDocument table(Fields fields) {
        fields.refuseOthersThan(OBJECT, "a table");
        return new TableDocument(
                fields.place(),
                fields.text("name"),
                fields.text("physicalName"),
                fields.text("logicalType"),
                fields.text("physicalType"),
                fields.text("description"),
                customProperties(fields),
                fields.list("properties").stream().map(this::property).toList());
    }

    private PropertyDocument property(Fields fields) {
        fields.refuseOthersThan(PROPERTY, "a property");
        return new PropertyDocument(
                fields.place(),
                fields.text("name"),
                fields.text("physicalName"),
                fields.text("logicalType"),
                fields.text("physicalType"),
                fields.text("description"),
                fields.truth("required"),
                fields.truth("primaryKey"),
                fields.whole("primaryKeyPosition"),
                customProperties(fields));
    }

    private List<CustomProperty> customProperties(Fields owner) {
        List<CustomProperty> all = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Fields fields : owner.list("customProperties")) {
            fields.refuseOthersThan(CUSTOM_PROPERTY, "a custom property");
            Optional<At<String>> property = fields.text("property");
            Optional<Written> value = fields.value("value");
            if (property.isEmpty() && fields.value("property").isEmpty()) {
                problems.add(fields.place(), "a custom property needs 'property', its name");
            }
            if (value.isEmpty()) {
                problems.add(fields.place(), "a custom property needs a 'value'");
            }
            if (property.isEmpty() || value.isEmpty()) {
                continue;
            }
            if (names.add(property.get().value())) {
                all.add(new CustomProperty(property.get(), value.get()));
            } else {
                problems.add(
                        property.get().place(),
                        "the setting '" + property.get().value() + "' is written twice; keep one of them");
            }
        }
        return all;
    }

    private static Set<String> plus(String... further) {
        return Stream.concat(ELEMENT.stream(), Stream.of(further)).collect(Collectors.toUnmodifiableSet());
    }
}
