package com.atlassian.jira.internal.mail.processor.feature.puller;

/** Named like Jira's own, so that logs show the class by its real name. */
public class MailPullException extends Exception {
    private static final long serialVersionUID = 1;

    public MailPullException(String message, Throwable cause) {
        super(message, cause);
    }

    public MailPullException(Throwable cause) {
        super(cause);
    }
}
