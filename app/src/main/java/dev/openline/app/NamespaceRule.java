package dev.openline.app;

import dev.openline.hub.ChannelOptions;
import dev.openline.hub.ChannelRules;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * {@code NAME=RULE} on the command line: how the channels behave whose names begin with {@code NAME:}.
 *
 * @param name the namespace, checked
 * @param options what its channels are like
 */
record NamespaceRule(String name, ChannelOptions options) {
    static final class Converter implements ITypeConverter<NamespaceRule> {
        @Override
        public NamespaceRule convert(String text) {
            int equals = text.indexOf('=');
            if (equals < 0)
                throw new TypeConversionException("'" + text + "' is not NAME=RULE, such as chat=every,presence");
            NamespaceRule rule =
                    new NamespaceRule(text.substring(0, equals), new ChannelRule().convert(text.substring(equals + 1)));
            try {
                ChannelRules.builder().namespace(rule.name, rule.options);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
            return rule;
        }
    }
}
