package dev.openline.server;

import dev.openline.protocol.ApiCall;
import java.util.List;

/** Whether scopes cover a call: each channel of it, each command of a batch. */
final class ApiCoverage implements ApiCall.Cases<Boolean> {
    private final List<ApiScope> scopes;

    ApiCoverage(List<ApiScope> scopes) {
        this.scopes = scopes;
    }

    private boolean all(ApiScope.Right right) {
        return scopes.stream().anyMatch(scope -> scope.coversAll(right));
    }

    private boolean on(ApiScope.Right right, String channel) {
        return scopes.stream().anyMatch(scope -> scope.covers(right, channel));
    }

    /** What a pattern's channels have in common stands before its first sign. */
    private boolean fitting(ApiScope.Right right, String pattern) {
        int literal = 0;
        while (literal < pattern.length() && "*?[]{}\\".indexOf(pattern.charAt(literal)) < 0) literal++;
        return on(right, pattern.substring(0, literal));
    }

    @Override
    public Boolean publish(ApiCall.Publish call) {
        return on(ApiScope.Right.PUBLISH, call.channel());
    }

    @Override
    public Boolean broadcast(ApiCall.Broadcast call) {
        if (call.channels().isEmpty()) return on(ApiScope.Right.PUBLISH, "");
        return call.channels().stream().allMatch(channel -> on(ApiScope.Right.PUBLISH, channel));
    }

    @Override
    public Boolean subscribe(ApiCall.Subscribe call) {
        return on(ApiScope.Right.CONTROL, call.channel());
    }

    @Override
    public Boolean unsubscribe(ApiCall.Unsubscribe call) {
        return on(ApiScope.Right.CONTROL, call.channel());
    }

    @Override
    public Boolean disconnect(ApiCall.Disconnect call) {
        return all(ApiScope.Right.CONTROL);
    }

    @Override
    public Boolean refresh(ApiCall.Refresh call) {
        return all(ApiScope.Right.CONTROL);
    }

    @Override
    public Boolean presence(ApiCall.Presence call) {
        return on(ApiScope.Right.READ, call.channel());
    }

    @Override
    public Boolean presenceStats(ApiCall.PresenceStats call) {
        return on(ApiScope.Right.READ, call.channel());
    }

    @Override
    public Boolean history(ApiCall.History call) {
        return on(ApiScope.Right.READ, call.channel());
    }

    @Override
    public Boolean historyRemove(ApiCall.HistoryRemove call) {
        return on(ApiScope.Right.CONTROL, call.channel());
    }

    @Override
    public Boolean channels(ApiCall.Channels call) {
        return fitting(ApiScope.Right.READ, call.pattern());
    }

    @Override
    public Boolean info(ApiCall.Info call) {
        return all(ApiScope.Right.READ);
    }

    @Override
    public Boolean connections(ApiCall.Connections call) {
        return fitting(ApiScope.Right.READ, call.pattern());
    }

    @Override
    public Boolean revokeToken(ApiCall.RevokeToken call) {
        return all(ApiScope.Right.CONTROL);
    }

    @Override
    public Boolean invalidateUserTokens(ApiCall.InvalidateUserTokens call) {
        return all(ApiScope.Right.CONTROL);
    }

    @Override
    public Boolean batch(ApiCall.Batch call) {
        return call.commands().stream().allMatch(command -> command.with(this));
    }

    /** There is none, which any key may be told. */
    @Override
    public Boolean rpc(ApiCall.Rpc call) {
        return true;
    }
}
