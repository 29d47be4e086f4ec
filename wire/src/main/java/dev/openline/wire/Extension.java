package dev.openline.wire;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An extension as it is offered or agreed to in {@code Sec-WebSocket-Extensions} (RFC 6455 §9.1). The same name may be
 * offered several times with other parameters; a parameter given twice is kept twice, for the extension to judge.
 */
public record Extension(String name, List<Parameter> parameters) {
    /**
     * @throws IllegalArgumentException when a name or value is not a token
     */
    public Extension {
        Parameter.requireToken(name);
        parameters = List.copyOf(parameters);
    }

    /**
     * A parameter; quotes around its value are gone.
     *
     * @param value null when the parameter is only a name
     */
    public record Parameter(String name, @Nullable String value) {
        public Parameter {
            requireToken(name);
            if (value != null) {
                requireToken(value);
            }
        }

        private static void requireToken(String text) {
            if (!Grammar.isToken(Objects.requireNonNull(text))) {
                throw new IllegalArgumentException("not a token in an extension");
            }
        }

        @Override
        public String toString() {
            return value == null ? name : name + "=" + value;
        }
    }

    /** As in the header. */
    @Override
    public String toString() {
        return parameters.isEmpty()
                ? name
                : name + parameters.stream().map(p -> "; " + p).collect(Collectors.joining());
    }
}
