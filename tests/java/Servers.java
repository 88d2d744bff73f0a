import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.Map;
import javax.net.ServerSocketFactory;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Servers on the loopback interface, and the certificates that they show. */
final class Servers {
    private static final char[] PASSWORD = "changeit".toCharArray();
    private final Path folder;

    /** What a server does with a connection. */
    interface Talk {
        void with(InputStream in, OutputStream out) throws Exception;
    }

    Servers(Path folder) throws Exception {
        this.folder = Files.createDirectories(folder);
        keytool("-genkeypair -alias ca -dname CN=Harness-CA -ext bc:c -keyalg EC -validity 30 -keystore " + at("ca.p12"));
        keytool("-genkeypair -alias ca -dname CN=Other-CA -ext bc:c -keyalg EC -validity 30 -keystore " + at("other.p12"));
        for (String name : new String[] {"ca", "other"}) {
            keytool("-exportcert -alias ca -rfc -file " + at(name + ".pem") + " -keystore " + at(name + ".p12"));
            keytool("-importcert -noprompt -alias ca -file " + at(name + ".pem") + " -keystore " + at(name + "-trust.p12"));
        }
        String names = "san=dns:login.microsoftonline.com,dns:outlook.office365.com,dns:smtp.office365.com";
        issue("good", names, "-validity 20");
        issue("expired", names, "-startdate -90d -validity 30");
        issue("elsewhere", "san=dns:blocked.contoso.example", "-validity 20");
    }

    private String at(String name) {
        return folder.resolve(name).toString();
    }

    /** The JDK's own tool, within this process. */
    private static void keytool(String line) throws Exception {
        String[] args = (line + " -storetype PKCS12 -storepass changeit").split(" ");
        Class.forName("sun.security.tools.keytool.Main").getMethod("main", String[].class).invoke(null, (Object) args);
    }

    private void issue(String alias, String names, String validity) throws Exception {
        String store = " -alias " + alias + " -keystore " + at(alias + ".p12");
        keytool("-genkeypair -dname CN=" + alias + " -keyalg EC -validity 30" + store);
        keytool("-certreq -file " + at(alias + ".csr") + store);
        keytool("-gencert -alias ca -rfc -infile " + at(alias + ".csr") + " -outfile " + at(alias + ".pem") + " -ext " + names + " " + validity + " -keystore " + at("ca.p12"));
        keytool("-importcert -noprompt -alias ca -file " + at("ca.pem") + " -keystore " + at(alias + ".p12"));
        keytool("-importcert -noprompt -file " + at(alias + ".pem") + store);
    }

    private KeyStore store(String name) throws Exception {
        return KeyStore.getInstance(folder.resolve(name).toFile(), PASSWORD);
    }

    /** A client's context that trusts one CA: `ca` or `other`. */
    SSLContext trusting(String ca) throws Exception {
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store(ca + "-trust.p12"));
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    /** Starts a server that shows a certificate, or none when it is null. Returns its port. */
    int start(String certificate, Talk talk) throws Exception {
        ServerSocketFactory factory = ServerSocketFactory.getDefault();
        if (certificate != null) {
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store(certificate + ".p12"), PASSWORD);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            factory = context.getServerSocketFactory();
        }
        ServerSocket server = factory.createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        daemon(() -> {
            while (true) {
                Socket socket = server.accept();
                daemon(() -> {
                    try (socket) {
                        socket.setSoTimeout(5000);
                        talk.with(socket.getInputStream(), socket.getOutputStream());
                    }
                });
            }
        });
        return server.getLocalPort();
    }

    private interface Work {
        void run() throws Exception;
    }

    private static void daemon(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (Exception ended) {
                // The client's side of the story is what is logged.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    static String line(InputStream in) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            out.write(c);
        }
        return out.toString(StandardCharsets.UTF_8).strip();
    }

    static void say(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /** Answers a request for a token. */
    static Talk http(String status, String type, String body) {
        return (in, out) -> {
            request(in);
            int length = body.getBytes(StandardCharsets.UTF_8).length;
            say(out, "HTTP/1.1 " + status + "\r\nContent-Type: " + type + "\r\nContent-Length: " + length + "\r\nConnection: close\r\n\r\n" + body);
        };
    }

    /** Reads a request and hangs up. */
    static void drop(InputStream in, OutputStream out) throws IOException {
        request(in);
    }

    /** Reads whatever comes and never answers. */
    static void silent(InputStream in, OutputStream out) throws IOException {
        in.transferTo(OutputStream.nullOutputStream());
    }

    /** Takes the first bytes of a TLS handshake and hangs up. */
    static void cut(InputStream in, OutputStream out) throws IOException {
        in.readNBytes(5);
    }

    /** Answers a TLS handshake in plain text. */
    static void plain(InputStream in, OutputStream out) throws IOException {
        in.readNBytes(5);
        say(out, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\nThis port speaks plain HTTP.\r\n");
    }

    /** Ends a TLS handshake with a fatal alert: 40 is `handshake_failure`, 70 `protocol_version`. */
    static Talk alert(int number) {
        return (in, out) -> {
            byte[] head = in.readNBytes(5);
            in.readNBytes((head[3] & 255) << 8 | head[4] & 255);
            out.write(new byte[] {21, 3, 3, 0, 2, 2, (byte) number});
            out.flush();
            in.read();
        };
    }

    private static void request(InputStream in) throws IOException {
        int length = 0;
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            if (line.toLowerCase().startsWith("content-length:")) {
                length = Integer.parseInt(line.substring(15).strip());
            }
        }
        in.readNBytes(length);
    }

    /** A mail server: a greeting, then an answer for each command; `{tag}` is replaced by IMAP's tag. */
    static Talk mail(String greeting, Map<String, String> answers) {
        return (in, out) -> {
            say(out, greeting + "\r\n");
            while (true) {
                String line = line(in);
                if (line.isEmpty()) {
                    return;
                }
                String[] words = line.split(" ");
                String tag = words.length > 1 && words[0].matches("[A-Z]{1,3}\\d+") ? words[0] : "";
                String command = tag.isEmpty() ? words[0] : words[1];
                String answer = answers.getOrDefault(command.toUpperCase(), answers.get("*"));
                say(out, answer.replace("{tag}", tag) + "\r\n");
                if (command.equalsIgnoreCase("LOGOUT") || command.equalsIgnoreCase("QUIT")) {
                    return;
                }
            }
        };
    }

    /** Names that all lead to this machine. */
    static void hosts(Path file, String... names) throws IOException {
        StringBuilder text = new StringBuilder();
        Arrays.stream(names).forEach(name -> text.append("127.0.0.1 ").append(name).append('\n'));
        Files.writeString(file, text);
    }
}
