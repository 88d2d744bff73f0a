import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Properties;
import javax.mail.Session;
import javax.mail.Store;
import javax.mail.Transport;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import org.apache.http.HttpHost;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpPost;
import org.apache.http.entity.ContentType;
import org.apache.http.entity.StringEntity;
import org.apache.http.impl.client.BasicResponseHandler;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.impl.client.HttpClients;
import org.apache.http.util.EntityUtils;

/** Real libraries that ask for a token or log in to a mailbox. */
final class Clients {
    static final String[] HTTP = {"huc", "jnh", "hc4"};
    private static final int TIMEOUT = 1500;
    private static final String FORM = "grant_type=refresh_token&client_id=5c0f4b0e-2d1a-4d57-9d0b-6f1c6f0f7a11";
    private static final ObjectMapper JSON = new ObjectMapper();

    private Clients() {}

    /** The token endpoint refused; the message is its own. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        Refused(String message) {
            super(message);
        }
    }

    /** Asks for a token. Returns only when there is one. */
    static void token(String client, String url, SSLContext tls, InetSocketAddress proxy) throws Exception {
        String body = switch (client) {
            case "huc" -> urlConnection(url, tls, proxy);
            case "jnh" -> javaNetHttp(url, tls, proxy);
            default -> apache(url, tls, proxy);
        };
        JsonNode answer = JSON.readValue(body, JsonNode.class);
        if (answer.has("error")) {
            throw new Refused(answer.get("error_description").asText());
        }
    }

    private static String urlConnection(String url, SSLContext tls, InetSocketAddress proxy) throws IOException {
        Proxy way = proxy == null ? Proxy.NO_PROXY : new Proxy(Proxy.Type.HTTP, proxy);
        HttpURLConnection connection = (HttpURLConnection) URI.create(url).toURL().openConnection(way);
        if (connection instanceof HttpsURLConnection secured) {
            secured.setSSLSocketFactory(tls.getSocketFactory());
        }
        connection.setConnectTimeout(TIMEOUT);
        connection.setReadTimeout(TIMEOUT);
        connection.setDoOutput(true);
        connection.getOutputStream().write(FORM.getBytes(StandardCharsets.UTF_8));
        int status = connection.getResponseCode();
        try (InputStream in = status >= 400 && status < 500 ? connection.getErrorStream() : connection.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String javaNetHttp(String url, SSLContext tls, InetSocketAddress proxy) throws Exception {
        HttpClient.Builder builder = HttpClient.newBuilder().sslContext(tls).connectTimeout(Duration.ofMillis(TIMEOUT));
        if (proxy != null) {
            builder.proxy(ProxySelector.of(proxy));
        }
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .timeout(Duration.ofMillis(TIMEOUT))
                .version(HttpClient.Version.HTTP_1_1)
                .POST(HttpRequest.BodyPublishers.ofString(FORM))
                .build();
        HttpResponse<String> response = builder.build().send(request, HttpResponse.BodyHandlers.ofString());
        if (response.body() == null || response.statusCode() >= 500) {
            throw new IOException("POST " + url + " returned HTTP status " + response.statusCode());
        }
        return response.body();
    }

    private static String apache(String url, SSLContext tls, InetSocketAddress proxy) throws IOException {
        RequestConfig limits = RequestConfig.custom().setConnectTimeout(TIMEOUT).setSocketTimeout(TIMEOUT).build();
        HttpHost way = proxy == null ? null : new HttpHost(proxy.getHostString(), proxy.getPort());
        try (CloseableHttpClient client = HttpClients.custom()
                        .setSSLContext(tls)
                        .setProxy(way)
                        .setDefaultRequestConfig(limits)
                        .disableAutomaticRetries()
                        .build()) {
            HttpPost post = new HttpPost(url);
            post.setEntity(new StringEntity(FORM, ContentType.APPLICATION_FORM_URLENCODED));
            try (CloseableHttpResponse response = client.execute(post)) {
                if (response.getStatusLine().getStatusCode() >= 500) {
                    return new BasicResponseHandler().handleResponse(response);
                }
                return EntityUtils.toString(response.getEntity());
            }
        }
    }

    /** Logs in to a mailbox, or to send mail. `protocol` is JavaMail's: imap, imaps, pop3, smtp, … */
    static void mail(String protocol, String host, int port, SSLContext tls, InetSocketAddress proxy) throws Exception {
        String prefix = "mail." + protocol + ".";
        Properties settings = new Properties();
        settings.put("mail.smtp.localhost", "jira.example.com");
        settings.put(prefix + "auth", "true");
        settings.put(prefix + "auth.mechanisms", "XOAUTH2");
        settings.put(prefix + "connectiontimeout", String.valueOf(TIMEOUT));
        settings.put(prefix + "timeout", String.valueOf(TIMEOUT));
        settings.put(prefix + "ssl.checkserveridentity", "true");
        settings.put(prefix + "ssl.socketFactory", tls.getSocketFactory());
        settings.put(prefix + "socketFactory.fallback", "false");
        if (proxy != null) {
            settings.put(prefix + "proxy.host", proxy.getHostString());
            settings.put(prefix + "proxy.port", String.valueOf(proxy.getPort()));
        }
        Session session = Session.getInstance(settings);
        if (protocol.startsWith("smtp")) {
            try (Transport transport = session.getTransport(protocol)) {
                transport.connect(host, port, "desk@contoso.example", "no-token");
            }
        } else {
            try (Store store = session.getStore(protocol)) {
                store.connect(host, port, "desk@contoso.example", "no-token");
            }
        }
    }
}
