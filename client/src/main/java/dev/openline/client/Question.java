package dev.openline.client;

import dev.openline.protocol.Command;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Reply;
import dev.openline.protocol.Result;
import dev.openline.protocol.SubscribeRequest;
import java.util.Map;

/** A command that the machine sends on its own account, and what an answer to it means, or none. */
sealed interface Question {
    Command.Numbered command(long id);

    /** Says what the reply means. */
    void answer(Reply reply, Answers answers);

    /** Says what it means that no reply came in time. */
    void unanswered(Answers answers);

    /** Whether its answer is of interest to this subscription only. */
    default boolean isAbout(Cursor other) {
        return false;
    }

    /** What replies mean. */
    interface Answers {
        void connected(Result.ConnectResult session);

        void connectRefused(ErrorReply error);

        void subscribed(Cursor cursor, Result.SubscribeResult result);

        void subscribeRefused(Cursor cursor, ErrorReply error);

        void unsubscribeRefused();

        void refreshed(Result.RefreshResult result);

        void refreshRefused(ErrorReply error);

        void subRefreshed(Cursor cursor, Result.SubRefreshResult result);

        void subRefreshRefused(Cursor cursor, ErrorReply error);

        /** Without this answer nobody knows what the server thinks. */
        void lineInDoubt(Cause why);

        /** The reply does not fit the question. */
        void misunderstood();
    }

    /** Opens the session. */
    record Connect(ClientSettings settings, Map<String, SubscribeRequest> subs) implements Question {
        @Override
        public Command.Numbered command(long id) {
            String token = settings.credential().token();
            return new Command.Connect(id, token, settings.data(), subs, settings.name(), "", Map.of());
        }

        @Override
        public void answer(Reply reply, Answers answers) {
            if (reply instanceof Reply.Failed failed) answers.connectRefused(failed.error());
            else if (resultOf(reply) instanceof Result.ConnectResult session) answers.connected(session);
            else answers.misunderstood();
        }

        @Override
        public void unanswered(Answers answers) {
            answers.lineInDoubt(Cause.transport("connect timeout"));
        }
    }

    /** Asks for one channel. */
    record Subscribe(Cursor cursor) implements Question {
        @Override
        public Command.Numbered command(long id) {
            return new Command.Subscribe(id, cursor.ask());
        }

        @Override
        public void answer(Reply reply, Answers answers) {
            if (reply instanceof Reply.Failed failed) answers.subscribeRefused(cursor, failed.error());
            else if (resultOf(reply) instanceof Result.SubscribeResult result) answers.subscribed(cursor, result);
            else answers.misunderstood();
        }

        @Override
        public void unanswered(Answers answers) {
            answers.lineInDoubt(Cause.SUBSCRIBE_TIMEOUT);
        }

        @Override
        public boolean isAbout(Cursor other) {
            return cursor == other;
        }
    }

    /** Lets go of one channel. */
    record Unsubscribe(String channel) implements Question {
        @Override
        public Command.Numbered command(long id) {
            return new Command.Unsubscribe(id, channel);
        }

        @Override
        public void answer(Reply reply, Answers answers) {
            if (reply instanceof Reply.Failed) answers.unsubscribeRefused();
            else if (!(resultOf(reply) instanceof Result.UnsubscribeResult)) answers.misunderstood();
        }

        @Override
        public void unanswered(Answers answers) {
            answers.lineInDoubt(Cause.UNSUBSCRIBE_ERROR);
        }
    }

    /** Hands over the connection's next token. */
    record Refresh(Credential credential) implements Question {
        @Override
        public Command.Numbered command(long id) {
            return new Command.Refresh(id, credential.token());
        }

        @Override
        public void answer(Reply reply, Answers answers) {
            if (reply instanceof Reply.Failed failed) answers.refreshRefused(failed.error());
            else if (resultOf(reply) instanceof Result.RefreshResult result) answers.refreshed(result);
            else answers.misunderstood();
        }

        @Override
        public void unanswered(Answers answers) {
            answers.refreshRefused(ErrorReply.INTERNAL);
        }
    }

    /** Hands over a subscription's next token. */
    record SubRefresh(Cursor cursor) implements Question {
        @Override
        public Command.Numbered command(long id) {
            return new Command.SubRefresh(
                    id, cursor.channel(), cursor.credential().token());
        }

        @Override
        public void answer(Reply reply, Answers answers) {
            if (reply instanceof Reply.Failed failed) answers.subRefreshRefused(cursor, failed.error());
            else if (resultOf(reply) instanceof Result.SubRefreshResult result) answers.subRefreshed(cursor, result);
            else answers.misunderstood();
        }

        @Override
        public void unanswered(Answers answers) {
            answers.subRefreshRefused(cursor, ErrorReply.INTERNAL);
        }

        @Override
        public boolean isAbout(Cursor other) {
            return cursor == other;
        }
    }

    private static Result resultOf(Reply reply) {
        return ((Reply.Done) reply).result();
    }
}
