package dev.openline.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.protocol.ApiCall;
import dev.openline.protocol.ApiCodec;
import dev.openline.protocol.ApiMethod;
import dev.openline.protocol.ApiReply;
import dev.openline.protocol.ApiResult;
import dev.openline.protocol.MalformedFrame;
import dev.openline.protocol.Payload;
import dev.openline.protocol.Publication;
import dev.openline.protocol.StreamPosition;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Broadcasts and batches: in which order and how many at once, whatever becomes of their parts. */
class ApiDeskTest {
    private final PlayedOperations operations = new PlayedOperations();
    private final ApiDesk desk = new ApiDesk(operations, ApiLimits.DEFAULT.withMaxInFlight(3));

    /** What was begun and not yet answered, by channel. */
    private final Map<String, CompletableFuture<ApiReply<ApiResult.Published>>> open = new LinkedHashMap<>();

    private CompletableFuture<String> carryOut(String method, String body) throws MalformedFrame {
        ApiCall call = ApiCodec.call(ApiMethod.named(method), ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)));
        return desk.carryOut(call)
                .thenApply(reply -> new String(ApiCodec.encode(reply), StandardCharsets.UTF_8))
                .toCompletableFuture();
    }

    private void answerLater() {
        operations.script = call -> {
            CompletableFuture<ApiReply<ApiResult.Published>> answer = new CompletableFuture<>();
            open.put(((ApiCall.Publish) call).channel(), answer);
            return answer;
        };
    }

    private void answer(String channel, int offset) {
        CompletableFuture<ApiReply<ApiResult.Published>> answer = open.remove(channel);
        answer.complete(new ApiReply.Done<>(new ApiResult.Published(new StreamPosition(offset, "e"))));
    }

    private static String published(int offset) {
        return "{\"offset\":" + offset + ",\"epoch\":\"e\"}";
    }

    @Test
    void whatWouldMakeAnAnswerTooLargeIsLeftOutOfItAndTheRestGoesOn() throws Exception {
        Publication large = new Publication(1, Payload.of("7".repeat(40)), null, Map.of());
        operations.script = call -> call instanceof ApiCall.History
                ? CompletableFuture.completedStage(
                        new ApiReply.Done<>(new ApiResult.History(List.of(large), new StreamPosition(1, "e"))))
                : null;
        ApiDesk narrow = new ApiDesk(operations, ApiLimits.DEFAULT.withMaxAnswerBytes(100));
        String history = "{\"history\":{\"channel\":\"a\",\"limit\":1}}";
        ApiCall batch = ApiCodec.call(
                ApiMethod.BATCH,
                ByteBuffer.wrap(("{\"commands\":[" + history + "," + history + "," + history
                                + ",{\"publish\":{\"channel\":\"a\",\"data\":1}}]}")
                        .getBytes(StandardCharsets.UTF_8)));
        String answer = new String(
                ApiCodec.encode(narrow.carryOut(batch).toCompletableFuture().join()), StandardCharsets.UTF_8);
        assertThat(answer.split("7{40}")).hasSize(3);
        assertThat(answer)
                .endsWith("{\"error\":{\"code\":107,\"message\":"
                        + "\"bad request: the answer would be too large, maxAnswerBytes is 100\"}},{\"publish\":{}}]}");
    }

    @Test
    void aBroadcastHasSoManyUnderWayAndAnswersInTheOrderOfItsChannels() throws Exception {
        answerLater();
        CompletableFuture<String> answer =
                carryOut("broadcast", "{\"channels\":[\"a\",\"b\",\"c\",\"d\",\"e\"],\"data\":1}");
        assertThat(open.keySet()).containsExactly("a", "b", "c");
        answer("c", 3);
        assertThat(open.keySet()).containsExactly("a", "b", "d");
        answer("a", 1);
        answer("e", 5);
        answer("d", 4);
        assertThat(answer).isNotDone();
        answer("b", 2);
        assertThat(answer.join())
                .isEqualTo("{\"result\":{\"responses\":["
                        + IntStream.rangeClosed(1, 5)
                                .mapToObj(i -> "{\"result\":" + published(i) + "}")
                                .collect(Collectors.joining(","))
                        + "]}}");
    }

    @Test
    void aChannelOfABroadcastThatIsWrongOrFailsHarmsNoOther() throws Exception {
        operations.script = call -> switch (((ApiCall.Publish) call).channel()) {
            case "fails" -> CompletableFuture.failedStage(new IllegalStateException("on purpose"));
            case "throws" -> throw new IllegalStateException("on purpose");
            case "null" -> CompletableFuture.completedStage(null);
            default -> null;
        };
        String internal = "{\"error\":{\"code\":100,\"message\":\"internal server error\"}}";
        assertThat(carryOut(
                                "broadcast",
                                "{\"channels\":[\"fails\",\"throws\",\"\",\"null\",\"" + "x".repeat(1_025)
                                        + "\",\"a\"],\"data\":1}")
                        .join())
                .isEqualTo("{\"result\":{\"responses\":[" + internal + "," + internal
                        + ",{\"error\":{\"code\":107,\"message\":\"bad request: channel is missing\"}}," + internal
                        + ",{\"error\":{\"code\":107,\"message\":\"bad request: channel is too long, maxTextBytes is"
                        + " 1024\"}},{\"result\":{}}]}}");
    }

    @Test
    void aBatchGoesOneAfterTheOtherInOrder() throws Exception {
        answerLater();
        CompletableFuture<String> answer = carryOut(
                "batch",
                "{\"commands\":[{\"publish\":{\"channel\":\"a\",\"data\":1}},{\"broadcast\":{\"channels\":[\"b\",\"c\"],\"data\":1}},"
                        + "{\"publish\":{\"data\":1}},{\"publish\":{\"channel\":\"d\",\"data\":1}}]}");
        assertThat(open.keySet()).containsExactly("a");
        answer("a", 1);
        assertThat(open.keySet()).containsExactly("b", "c");
        answer("c", 3);
        assertThat(open.keySet()).containsExactly("b");
        answer("b", 2);
        assertThat(open.keySet()).containsExactly("d");
        answer("d", 4);
        assertThat(answer.join())
                .isEqualTo(
                        "{\"replies\":[{\"publish\":" + published(1) + "},{\"broadcast\":{\"responses\":[{\"result\":"
                                + published(2) + "},{\"result\":" + published(3)
                                + "}]}},{\"error\":{\"code\":107,\"message\":\"bad"
                                + " request: channel is"
                                + " missing\"}},{\"publish\":"
                                + published(4) + "}]}");
    }

    @Test
    void aParallelBatchHasSoManyPublishesUnderWayAlsoWithBroadcastsInIt() throws Exception {
        answerLater();
        CompletableFuture<String> answer = carryOut(
                "batch",
                "{\"parallel\":true,\"commands\":[{\"broadcast\":{\"channels\":[\"a\",\"b\"],\"data\":1}},"
                        + "{\"broadcast\":{\"channels\":[\"c\",\"d\"],\"data\":1}},{\"publish\":{\"channel\":\"e\",\"data\":1}},"
                        + "{\"publish\":{\"channel\":\"f\",\"data\":1}}]}");
        List<String> begun = new ArrayList<>(open.keySet());
        assertThat(begun).containsExactly("a", "c", "e");
        for (int offset = 1; !open.isEmpty(); offset++) {
            assertThat(open).hasSizeLessThanOrEqualTo(3);
            answer(open.keySet().iterator().next(), offset);
        }
        assertThat(JsonText.object(JsonText.parse(answer.join())).get("replies"))
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
                .hasSize(4);
    }

    @Test
    void anEmptyBatchHasNoReplies() throws Exception {
        assertThat(carryOut("batch", "{}").join()).isEqualTo("{\"replies\":[]}");
    }

    @Test
    void tasksThatAreDoneAtOnceDoNotPileUpOnTheStack() throws Exception {
        int[] deepest = {0};
        List<Integer> answers = Window.of(10_000, 4, number -> {
                    deepest[0] = Math.max(deepest[0], Thread.currentThread().getStackTrace().length);
                    return CompletableFuture.completedStage(number);
                })
                .toCompletableFuture()
                .join();
        assertThat(answers).hasSize(10_000).isSorted();
        int here = Thread.currentThread().getStackTrace().length;
        assertThat(deepest[0]).isLessThan(here + 10);
    }

    @Test
    void tasksThatOtherThreadsCompleteAreAllDoneOnceInOrder() {
        List<CompletableFuture<Integer>> begun = java.util.Collections.synchronizedList(new ArrayList<>());
        List<Integer> answers = Window.of(2_000, 8, number -> {
                    CompletableFuture<Integer> task = CompletableFuture.supplyAsync(() -> number);
                    begun.add(task);
                    return task;
                })
                .toCompletableFuture()
                .join();
        assertThat(begun).hasSize(2_000);
        assertThat(answers).isEqualTo(IntStream.range(0, 2_000).boxed().toList());
    }

    @Test
    void aTaskThatFailsEndsAllAndNothingIsBegunAfterIt() {
        List<Integer> begun = new ArrayList<>();
        CompletableFuture<List<Integer>> all = Window.<Integer>of(100, 1, number -> {
                    begun.add(number);
                    if (number == 3) throw new IllegalStateException("on purpose");
                    return CompletableFuture.completedStage(number);
                })
                .toCompletableFuture();
        assertThat(all).isCompletedExceptionally();
        assertThat(begun).containsExactly(0, 1, 2, 3);
    }
}
