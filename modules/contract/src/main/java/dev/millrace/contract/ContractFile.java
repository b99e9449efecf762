package dev.millrace.contract;

import dev.millrace.contract.written.ContractDocument;
import dev.millrace.contract.written.DocumentReader;
import dev.millrace.contract.written.Problem;
import dev.millrace.contract.written.Problems;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A {@code contract.yaml} and the models beside it. */
public final class ContractFile {
    private ContractFile() {}

    /** What came of reading a contract: either the contract, or everything that is wrong with it. */
    public record Checked(Optional<ContractDocument> written, Optional<Contract> contract, List<Problem> problems) {
        public Checked {
            problems = List.copyOf(problems);
            if (contract.isPresent() != problems.isEmpty()) {
                throw new IllegalArgumentException("a contract has problems or can be used, never both");
            }
        }
    }

    /** The contract, or an exception that tells all its mistakes with file, line and path. */
    public static Contract read(Path file) {
        Checked checked = check(file);
        Problems problems = new Problems();
        problems.addAll(checked.problems());
        return checked.contract().orElseThrow(() -> problems.refusal("the contract " + file));
    }

    /** The same with the mistakes as values. A file that is not there is an exception all the same. */
    public static Checked check(Path file) {
        Problems problems = new Problems();
        Optional<ContractDocument> document = DocumentReader.read(file, problems);
        Optional<Contract> contract = document.flatMap(written -> ContractBinder.bind(written, problems));
        return new Checked(document, problems.isEmpty() ? contract : Optional.empty(), problems.sorted());
    }
}
