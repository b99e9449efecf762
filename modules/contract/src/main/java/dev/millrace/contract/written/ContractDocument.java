package dev.millrace.contract.written;

import java.util.List;
import java.util.Optional;

/** A contract as written. */
public record ContractDocument(
        Place place,
        Optional<At<String>> kind,
        Optional<At<String>> apiVersion,
        Optional<At<String>> id,
        Optional<At<String>> name,
        Optional<At<String>> version,
        Optional<At<String>> purpose,
        List<CustomProperty> customProperties,
        List<TableDocument> tables) {

    public ContractDocument {
        customProperties = List.copyOf(customProperties);
        tables = List.copyOf(tables);
    }

    /** A setting for which the standard has no word. */
    public record CustomProperty(At<String> property, Written value) {}

    /** An object of the contract's schema. */
    public record TableDocument(
            Place place,
            Optional<At<String>> name,
            Optional<At<String>> physicalName,
            Optional<At<String>> logicalType,
            Optional<At<String>> physicalType,
            Optional<At<String>> description,
            List<CustomProperty> customProperties,
            List<PropertyDocument> properties) {

        public TableDocument {
            customProperties = List.copyOf(customProperties);
            properties = List.copyOf(properties);
        }
    }

    /** A property of such an object. */
    public record PropertyDocument(
            Place place,
            Optional<At<String>> name,
            Optional<At<String>> physicalName,
            Optional<At<String>> logicalType,
            Optional<At<String>> physicalType,
            Optional<At<String>> description,
            Optional<At<Boolean>> required,
            Optional<At<Boolean>> primaryKey,
            Optional<At<Integer>> primaryKeyPosition,
            List<CustomProperty> customProperties) {

        public PropertyDocument {
            customProperties = List.copyOf(customProperties);
        }
    }
}
