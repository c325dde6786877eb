import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.support.JsonParseException;
import io.nats.client.support.JsonParser;
import io.nats.client.support.JsonValueUtils;
import io.nats.service.Service;
import io.nats.service.ServiceEndpoint;
import io.nats.service.ServiceMessage;
import java.time.Duration;
import java.util.Map;

public class Greeter {
  public static void main(String[] args) throws Exception {
    String project = System.getenv("FMESH_PROJECT");
    Connection nc = Nats.connect(Options.builder().server(System.getenv("NATS_URL")).maxReconnects(-1).build());
    ServiceEndpoint greet = ServiceEndpoint.builder()
        .endpointName("greet")
        .endpointSubject("fn." + project + ".greeter.greet")
        .handler(call -> greet(nc, call))
        .build();
    Service service = Service.builder()
        .connection(nc)
        .name("greeter")
        .version("1.0.0")
        .metadata(Map.of("project", project))
        .addServiceEndpoint(greet)
        .build();
    service.startService();
    nc.flush(Duration.ofSeconds(10));

    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      try {
        service.stop(); // takes no new calls, finishes those that came
        nc.drain(Duration.ofSeconds(10)).get();
      } catch (Exception error) {
        error.printStackTrace();
      }
    }));
    System.out.println("service is up");
    Thread.currentThread().join();
  }

  static void greet(Connection nc, ServiceMessage call) {
    try {
      String name = JsonValueUtils.readString(JsonParser.parse(call.getData()), "name");
      String claims = call.getHeaders().getFirst("Fmesh-Claims");
      if (name == null) {
        call.respondStandardError(nc, "whom shall I greet?", 422);
        return;
      }
      String id = JsonValueUtils.readString(JsonParser.parse(claims), "id");
      call.respond(nc, JsonValueUtils.mapBuilder().put("greeting", "Hello, " + name).put("for", id).toJsonValue());
    } catch (JsonParseException error) {
      call.respondStandardError(nc, "the body is not JSON", 400);
    }
  }
}
