package dev.openline.protocol;

import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes results. Numbers that count something are written even when 0, and what may be any bytes comes as base64 if it is no JSON. */
final class ApiEncoder implements ApiResult.Cases {
    private final JsonOutput out;

    ApiEncoder(JsonOutput out) {
        this.out = out;
    }

    /** An object with the result or the error; the replies to a batch stand in it by themselves. */
    void reply(ApiReply<?> reply) {
        if (reply instanceof ApiReply.Done<?> done && done.result() instanceof ApiResult.Replies replies)
            replies.with(this);
        else answer(Names.RESULT, reply);
    }

    private void answer(byte[] name, ApiReply<?> reply) {
        out.open();
        if (reply instanceof ApiReply.Done<?> done) {
            out.member(name);
            done.result().with(this);
        } else {
            out.member(Names.ERROR);
            error(((ApiReply.Failed<?>) reply).error());
        }
        out.close();
    }

    void error(ErrorReply error) {
        out.open().number(Names.CODE, error.code());
        out.text(Names.MESSAGE, error.message()).close();
    }

    @Override
    public void published(ApiResult.Published result) {
        StreamPosition position = result.position();
        out.open();
        if (position != null) out.number(Names.OFFSET, position.offset()).text(Names.EPOCH, position.epoch());
        out.close();
    }

    @Override
    public void broadcasted(ApiResult.Broadcasted result) {
        out.open().member("responses").openArray();
        for (ApiReply<?> response : result.responses()) answer(Names.RESULT, response);
        out.closeArray().close();
    }

    @Override
    public void nothing(ApiResult.Nothing result) {
        out.open().close();
    }

    @Override
    public void presence(ApiResult.Presence result) {
        out.open().member(Names.PRESENCE).open();
        result.clients().forEach((client, info) -> {
            out.member(client);
            info(info);
        });
        out.close().close();
    }

    @Override
    public void presenceStats(ApiResult.PresenceStats result) {
        out.open().member(Names.NUM_CLIENTS).digits(result.clients());
        out.member(Names.NUM_USERS).digits(result.users()).close();
    }

    @Override
    public void history(ApiResult.History result) {
        out.open();
        publications(result.publications());
        out.member(Names.EPOCH).quoted(result.top().epoch());
        out.member(Names.OFFSET).digits(result.top().offset()).close();
    }

    private void publications(List<Publication> publications) {
        out.member(Names.PUBLICATIONS).openArray();
        for (Publication publication : publications) {
            out.open();
            payload("data", publication.data());
            ClientInfo info = publication.info();
            if (info != null) {
                out.member(Names.INFO);
                info(info);
            }
            out.number(Names.OFFSET, publication.offset());
            ValueEncoder.strings(out, Names.TAGS, publication.tags());
            out.text(Names.CHANNEL, publication.channel()).close();
        }
        out.closeArray();
    }

    private void info(ClientInfo info) {
        out.open().member(Names.USER).quoted(info.user());
        out.member(Names.CLIENT).quoted(info.client());
        payload("conn_info", info.connectionInfo());
        payload("chan_info", info.channelInfo());
        out.close();
    }

    /** Clients that speak Protobuf may say anything. One payload that is no JSON would spoil the whole answer. */
    private void payload(String name, @Nullable Payload payload) {
        if (payload == null || payload.size() == 0) return;
        if (payload.isJson()) out.payload(JsonOutput.name(name), payload);
        else out.member("b64" + name).quoted(Base64.getEncoder().encodeToString(payload.raw()));
    }

    @Override
    public void channels(ApiResult.Channels result) {
        out.open().member("channels").open();
        result.clients()
                .forEach((channel, clients) -> out.member(channel)
                        .open()
                        .member(Names.NUM_CLIENTS)
                        .digits(clients)
                        .close());
        out.close().close();
    }

    @Override
    public void info(ApiResult.Info result) {
        out.open().member(Names.NODES).openArray();
        for (ApiResult.Node node : result.nodes()) {
            out.open().member("uid").quoted(node.uid());
            out.member(Names.NAME).quoted(node.name());
            out.member(Names.VERSION).quoted(node.version());
            out.member(Names.NUM_CLIENTS).digits(node.clients());
            out.member(Names.NUM_USERS).digits(node.users());
            out.member("num_subs").digits(node.subscriptions());
            out.member("num_channels").digits(node.channels());
            out.member("uptime").digits(node.uptimeSeconds());
            if (!node.metrics().isEmpty()) {
                // Counts since the start: there is no interval that they are of.
                out.member("metrics")
                        .open()
                        .member("interval")
                        .digits(0)
                        .member("items")
                        .open();
                node.metrics().forEach((name, value) -> out.member(name).digits(value));
                out.close().close();
            }
            out.close();
        }
        out.closeArray().close();
    }

    @Override
    public void connections(ApiResult.Connections result) {
        out.open().member("connections").openArray();
        for (ApiResult.Connection connection : result.connections()) {
            out.open().member(Names.CLIENT).quoted(connection.client());
            out.member(Names.USER).quoted(connection.user());
            out.member("transport").quoted(connection.transport());
            out.text(Names.NAME, connection.name()).text(Names.VERSION, connection.version());
            out.member("num_channels").digits(connection.channels());
            out.member("connected_at").digits(connection.connectedAt()).close();
        }
        out.closeArray().text(JsonOutput.name("cursor"), result.cursor()).close();
    }

    @Override
    public void replies(ApiResult.Replies result) {
        out.open().member("replies").openArray();
        for (ApiResult.BatchReply reply : result.replies())
            answer(JsonOutput.name(reply.method().methodName()), reply.reply());
        out.closeArray().close();
    }
}
