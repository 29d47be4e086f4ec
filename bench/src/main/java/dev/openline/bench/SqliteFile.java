package dev.openline.bench;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** The same in SQLite, in WAL mode: one table with the channel and the offset as its key, one transaction for each batch. */
final class SqliteFile implements GroupCommit.Writing {
    private final Connection connection;
    private final PreparedStatement insert;

    SqliteFile(Path directory, boolean sync) throws SQLException {
        connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("publications.db"));
        try (Statement statement = connection.createStatement()) {
            statement.execute("pragma journal_mode = wal");
            statement.execute("pragma synchronous = " + (sync ? "full" : "normal"));
            statement.execute("create table if not exists publications (channel integer, offset integer, time integer,"
                    + " data blob, primary key (channel, offset)) without rowid");
        }
        connection.setAutoCommit(false);
        insert = connection.prepareStatement("insert into publications values (?, ?, ?, ?)");
    }

    @Override
    public void write(List<GroupCommit.Entry> batch) throws SQLException {
        long now = System.currentTimeMillis();
        for (GroupCommit.Entry entry : batch) {
            insert.setInt(1, entry.channel());
            insert.setLong(2, entry.offset());
            insert.setLong(3, now);
            insert.setBytes(4, entry.data());
            insert.addBatch();
        }
        insert.executeBatch();
        connection.commit();
    }

    @Override
    public void close() throws SQLException {
        insert.close();
        connection.close();
    }
}
