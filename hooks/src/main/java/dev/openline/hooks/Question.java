package dev.openline.hooks;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import dev.openline.protocol.Encoding;
import dev.openline.protocol.Payload;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** The body of one question, as it is written. */
final class Question {
    /** In ASCII, so that anything can be said that a text may hold: UTF-8 has no bytes for half a character. */
    private static final JsonFactory JSON =
            JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    private final JsonGenerator out;
    private final HookEndpoint.Form form;

    Question(HookEndpoint.Form form) {
        this.form = form;
        try {
            out = JSON.createGenerator(bytes);
            out.writeStartObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private interface Writing {
        void write() throws IOException;
    }

    private Question write(Writing writing) {
        try {
            writing.write();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return this;
    }

    Question with(String name, String value) {
        return write(() -> out.writeStringField(name, value));
    }

    /** Left out if empty. */
    Question withSome(String name, String value) {
        return value.isEmpty() ? this : with(name, value);
    }

    Question with(String name, long value) {
        return write(() -> out.writeNumberField(name, value));
    }

    /** Left out if there are none. */
    Question withSome(String name, Collection<String> values) {
        if (values.isEmpty()) return this;
        return write(() -> {
            out.writeArrayFieldStart(name);
            for (String value : values) out.writeString(value);
            out.writeEndArray();
        });
    }

    /** Which client it is about, how it is connected, and in which form its payloads are sent. */
    Question about(String client, String transport, Encoding encoding) {
        return with("client", client)
                .with("transport", transport)
                .with("protocol", encoding == Encoding.PROTOBUF ? "protobuf" : "json")
                .with("encoding", form == HookEndpoint.Form.BASE64 ? "binary" : "json");
    }

    /** A payload, in the endpoint's form; one that is no JSON in base64 anyway. Left out if there is none. */
    Question withPayload(String name, @Nullable Payload payload) {
        if (payload == null) return this;
        if (form == HookEndpoint.Form.JSON && payload.isJson()) {
            return write(() -> {
                out.writeFieldName(name);
                out.writeRawValue(payload.text());
            });
        }
        ByteBuffer buffer = payload.buffer();
        byte[] copy = new byte[buffer.remaining()];
        buffer.get(copy);
        return with("b64" + name, Base64.getEncoder().encodeToString(copy));
    }

    Question beginList(String name) {
        return write(() -> out.writeArrayFieldStart(name));
    }

    Question endList() {
        return write(out::writeEndArray);
    }

    Question beginItem() {
        return write(out::writeStartObject);
    }

    Question endItem() {
        return write(out::writeEndObject);
    }

    byte[] end() {
        write(() -> {
            out.writeEndObject();
            out.close();
        });
        return bytes.toByteArray();
    }
}
