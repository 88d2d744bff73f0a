import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** Connects to HOST PORT as NAME with Java's own checks; exit status 0 when Java trusts the server. */
public class SslPoke {
    public static void main(String[] args) throws Exception {
        SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
        java.net.Socket plain = new java.net.Socket(args[0], Integer.parseInt(args[1]));
        plain.setSoTimeout(5000);
        try (SSLSocket socket = (SSLSocket) factory.createSocket(plain, args[2], Integer.parseInt(args[1]), true)) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            System.out.println("trusted " + socket.getSession().getProtocol());
        } catch (javax.net.ssl.SSLException error) {
            System.out.println(error.getMessage());
            System.exit(1);
        }
    }
}
