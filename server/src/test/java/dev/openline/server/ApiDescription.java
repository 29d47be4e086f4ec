package dev.openline.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The OpenAPI document of the API. */
final class ApiDescription {
    private final Map<String, @Nullable Object> document;
    private final JsonSchema schemas;

    ApiDescription(String json) {
        document = JsonText.object(JsonText.parse(json));
        schemas = new JsonSchema(document);
    }

    Map<String, @Nullable Object> document() {
        return document;
    }

    JsonSchema schemas() {
        return schemas;
    }

    /** What a node of the document has at the end of these steps, through references; fails where there is nothing. */
    @Nullable
    Object in(@Nullable Object node, String... steps) {
        Object found = node;
        for (String step : steps) {
            Map<String, @Nullable Object> object = schemas.resolve(JsonText.object(found));
            assertThat(object).containsKey(step);
            found = object.get(step);
        }
        return found;
    }

    @Nullable
    Object requestSchema(String path) {
        return in(document, "paths", path, "post", "requestBody", "content", "application/json", "schema");
    }

    @Nullable
    Object answerSchema(String path, String method, int status) {
        return in(document, "paths", path, method, "responses", "" + status, "content", "application/json", "schema");
    }
}
