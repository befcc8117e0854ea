import java.nio.file.*;
import java.time.Duration;
import java.util.*;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Keeps what Enlist says of ended imports in a folder: a file each, named by ce_id. */
public class OnConfirmation {
  static final Map<String, String> SETTINGS = Map.of(
      "group.id", "examples.java", // one a team: each group gets every message
      "enable.auto.commit", "false",
      "auto.offset.reset", "earliest",
      "allow.auto.create.topics", "false");

  public static void main(String[] arguments) throws Exception {
    var folder = Files.createDirectories(Path.of(arguments[0]));
    var closed = new CompletableFuture<Void>();
    var text = new StringDeserializer();
    try (var consumer = new KafkaConsumer<>(settings(), text, text)) {
      var stop = new Thread(() -> { consumer.wakeup(); closed.join(); });
      Runtime.getRuntime().addShutdownHook(stop);
      consumer.subscribe(List.of("enlist.import.completed.v1", "enlist.import.failed.v1"));
      while (true) {
        for (var message : consumer.poll(Duration.ofSeconds(1))) {
          keep(message, folder);
          var partition = new TopicPartition(message.topic(), message.partition());
          var next = new OffsetAndMetadata(message.offset() + 1);
          consumer.commitSync(Map.of(partition, next), Duration.ofSeconds(30));
        }
      }
    } catch (WakeupException stopped) { // by SIGTERM; what was not committed comes again
    } finally {
      closed.complete(null);
    }
  }

  /** The work, whole or not at all. An error ends the program, and the message comes again. */
  static void keep(ConsumerRecord<String, String> message, Path folder) throws Exception {
    var id = UUID.fromString(new String(message.headers().lastHeader("ce_id").value()));
    var kept = folder.resolve(id + ".json");
    if (Files.exists(kept)) return; // a repeat
    var unfinished = Files.writeString(folder.resolve(id + ".part"), message.value());
    Files.move(unfinished, kept, StandardCopyOption.ATOMIC_MOVE);
  }

  /** KAFKA_BOOTSTRAP_SERVERS becomes bootstrap.servers, KAFKA_SASL_JAAS_CONFIG its own, … */
  static Map<String, Object> settings() {
    var settings = new HashMap<String, Object>(SETTINGS);
    System.getenv().forEach((name, value) -> {
      var property = name.toLowerCase().replace('_', '.');
      if (property.startsWith("kafka.")) settings.put(property.substring(6), value);
    });
    return settings;
  }
}
