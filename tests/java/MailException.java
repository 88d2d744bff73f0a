package com.atlassian.mail;

/** Named like Jira's own, so that logs show the class by its real name. */
public class MailException extends Exception {
    private static final long serialVersionUID = 1;

    public MailException(String message, Throwable cause) {
        super(message, cause);
    }

    public MailException(Throwable cause) {
        super(cause);
    }
}
