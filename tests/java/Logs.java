import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.ThreadContext;
import org.apache.logging.log4j.core.util.Clock;

/** The logs of the harness and the truth about each of their records. */
final class Logs {
    /** A clock that the scenarios set: hours pass between them, so that logs are rotated by date. */
    public static final class Time implements Clock {
        static volatile long now = System.currentTimeMillis();

        @Override
        public long currentTimeMillis() {
            return now;
        }
    }

    private final Path folder;
    private final Map<String, List<Map<String, Object>>> truth = new TreeMap<>();

    Logs(Path folder) {
        this.folder = folder;
    }

    /** Bytes of each log with its rotated files: where its next record starts. */
    private Map<String, Long> sizes() throws IOException {
        Map<String, Long> sizes = new TreeMap<>();
        try (Stream<Path> logs = Files.list(folder)) {
            for (Path log : (Iterable<Path>) logs::iterator) {
                long size = 0;
                try (Stream<Path> files = Files.list(log)) {
                    for (Path file : (Iterable<Path>) files::iterator) {
                        size += Files.size(file);
                    }
                }
                sizes.put(log.getFileName().toString(), size);
            }
        }
        return sizes;
    }

    /** Logs a record and notes what it means. The thread context and the thread's name are the caller's. */
    void write(String logger, Level level, String message, Throwable thrown, Map<String, Object> row) throws IOException {
        Map<String, Long> before = sizes();
        LogManager.getLogger(logger).log(level, message, thrown);
        Map<String, Long> after = sizes();
        for (Map.Entry<String, Long> log : before.entrySet()) {
            if (after.get(log.getKey()) > log.getValue()) {
                Map<String, Object> placed = new LinkedHashMap<>(row);
                placed.put("offset", log.getValue());
                truth.computeIfAbsent(log.getKey(), name -> new ArrayList<>()).add(placed);
            }
        }
        ThreadContext.clearMap();
    }

    void finish() throws IOException {
        new ObjectMapper().writeValue(folder.resolve("../truth.json").toFile(), truth);
    }
}
