package dev.openline.app;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** What was wrong with a file, in words: the message of the JDK's exception is often the file's name and nothing else. */
final class FileFault {
    private FileFault() {}

    /** Why, without the file's name where the JDK says it. */
    static String reason(IOException fault) {
        if (fault instanceof NoSuchFileException) return "no such file or directory";
        if (fault instanceof AccessDeniedException) return "permission denied";
        if (fault instanceof FileAlreadyExistsException) return "it is there already";
        if (fault instanceof NotDirectoryException) return "not a directory";
        if (fault instanceof CharacterCodingException) return "it is not written in UTF-8";
        if (fault instanceof FileSystemException other && other.getReason() != null) return other.getReason();
        return String.valueOf(fault.getMessage());
    }

    /** The whole of it, with a full stop. Others than the JDK's own have a sentence already. */
    static String sentence(IOException fault) {
        String said = fault instanceof FileSystemException file ? file.getFile() + ": " + reason(file) : reason(fault);
        return said.endsWith(".") ? said : said + ".";
    }
}
