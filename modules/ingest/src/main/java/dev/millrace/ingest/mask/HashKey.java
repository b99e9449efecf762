package dev.millrace.ingest.mask;

import dev.millrace.contract.Contract;
import dev.millrace.environment.Environment;
import dev.millrace.environment.Secret;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.spec.SecretKeySpec;

/** The key of the mask {@code hash}. */
public final class HashKey {
    private static final int ID_BYTES = 8;

    private final SecretKeySpec key;

    private HashKey(SecretKeySpec key) {
        this.key = key;
    }

    public static HashKey of(Secret secret) {
        return new HashKey(new SecretKeySpec(secret.reveal().getBytes(StandardCharsets.UTF_8), KeyedHash.ALGORITHM));
    }

    /** The key for a contract: none where nothing is masked, and an exception where something is and there is no key. */
    public static Optional<HashKey> of(Contract contract, Environment environment) {
        if (!contract.isMasked()) {
            return Optional.empty();
        }
        return Optional.of(of(environment
                .hashKey()
                .orElseThrow(() -> new JobException(
                        ExitCode.USAGE,
                        "The contract of " + contract.pipeline() + " masks columns with 'hash', and the environment "
                                + environment.name()
                                + " has no key for it: set 'masks.hashKey' in millrace.yaml, or MILLRACE_MASKS_HASH_KEY."
                                + " Nothing was read."))));
    }

    /** Tells this key from others, and nothing about it: part of the stamp of every hour that it masked. */
    public String id() {
        byte[] digest = hasher().digest("millrace: the id of this key".getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest, 0, ID_BYTES);
    }

    /** For one thread. */
    public KeyedHash hasher() {
        return new KeyedHash(key);
    }
}
