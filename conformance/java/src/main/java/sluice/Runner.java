package sluice;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.ObjectMappers;
import com.openai.errors.NotFoundException;
import com.openai.errors.OpenAIServiceException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.completions.CompletionUsage;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseUsage;
import java.util.Optional;

/** Runs scenarios with the official SDK for Java; see ../README.md. */
public final class Runner {
  private static final JsonMapper MAPPER = ObjectMappers.jsonMapper();

  public static void main(String[] arguments) throws Exception {
    JsonNode job = MAPPER.readTree(System.in);
    for (JsonNode scenario : job.get("scenarios")) {
      String key = scenario.get("key").asText().equals("right") ? job.get("key").asText() : "sk-slu-wrong";
      OpenAIClient client =
          OpenAIOkHttpClient.builder().baseUrl(job.get("baseUrl").asText() + "/v1").apiKey(key).maxRetries(0).build();
      ObjectNode result = MAPPER.createObjectNode().put("id", scenario.get("id").asText());
      try {
        call(client, scenario, result);
      } catch (OpenAIServiceException error) {
        ObjectNode failure = result.putObject("error").put("status", error.statusCode()).put("message", error.getMessage());
        error.code().ifPresent(code -> failure.put("code", code));
        error.param().ifPresent(param -> failure.put("param", param));
      } catch (Exception error) {
        result.putObject("error").put("status", 0).put("message", String.valueOf(error));
      } finally {
        client.close();
      }
      System.out.println(MAPPER.writeValueAsString(result));
    }
  }

  private static void call(OpenAIClient client, JsonNode scenario, ObjectNode result) throws Exception {
    String call = scenario.get("call").asText();
    switch (call) {
      case "models.list" -> {
        ArrayNode ids = result.putArray("ids");
        client.models().list().data().forEach(model -> ids.add(model.id()));
      }
      case "models.get" ->
          result.putArray("ids").add(client.models().retrieve(scenario.get("model").asText()).id());
      case "completions" -> {
        var body = MAPPER.treeToValue(scenario.get("body"), CompletionCreateParams.Body.class);
        var response = client.completions().create(CompletionCreateParams.builder().body(body).build());
        var choice = response.choices().get(0);
        result.put("text", choice.text()).put("finish", choice.finishReason().asString());
        usage(result, response.usage());
      }
      case "completions.stream" -> {
        var body = MAPPER.treeToValue(scenario.get("body"), CompletionCreateParams.Body.class);
        Text text = new Text();
        try (var stream = client.completions().createStreaming(CompletionCreateParams.builder().body(body).build())) {
          stream.stream().forEach(chunk -> chunk.choices().forEach(choice -> text.add(choice.text())));
        }
        text.into(result);
      }
      case "chat", "chat.stream" -> chat(client, call, scenario, result);
      case "embeddings" -> {
        var body = MAPPER.treeToValue(scenario.get("body"), EmbeddingCreateParams.Body.class);
        ArrayNode vectors = result.putArray("vectors");
        client.embeddings().create(EmbeddingCreateParams.builder().body(body).build()).data()
            .forEach(entry -> vectors.add(entry.embedding().size()));
      }
      case "responses", "responses.stream", "responses.chain" -> responses(client, call, scenario, result);
      case "files", "batches", "batches.cancel" -> Batches.call(client, call, scenario.get("body"), result);
      default -> throw new IllegalArgumentException("the SDK has no " + call);
    }
  }

  private static void chat(OpenAIClient client, String call, JsonNode scenario, ObjectNode result) throws Exception {
    var body = MAPPER.treeToValue(scenario.get("body"), ChatCompletionCreateParams.Body.class);
    var parameters = ChatCompletionCreateParams.builder().body(body).build();
    if (call.equals("chat")) {
      ChatCompletion response = client.chat().completions().create(parameters);
      var choice = response.choices().get(0);
      result.put("text", choice.message().content().orElse("")).put("finish", choice.finishReason().asString());
      result.put("choices", response.choices().size());
      result.put("logprobs", choice.logprobs().flatMap(each -> each.content()).map(each -> each.size()).orElse(0));
      choice.message().toolCalls().filter(calls -> !calls.isEmpty()).ifPresent(calls -> {
        var called = calls.get(0).asFunction().function();
        result.putObject("tool").put("name", called.name()).put("arguments", called.arguments());
      });
      usage(result, response.usage());
      return;
    }
    Text text = new Text();
    try (var stream = client.chat().completions().createStreaming(parameters)) {
      stream.stream().forEach(chunk -> {
        usage(result, chunk.usage());
        chunk.choices().forEach(choice -> {
          choice.delta().content().ifPresent(text::add);
          choice.finishReason().ifPresent(reason -> result.put("finish", reason.asString()));
        });
      });
    }
    text.into(result);
  }

  private static void responses(OpenAIClient client, String call, JsonNode scenario, ObjectNode result)
      throws Exception {
    var body = MAPPER.treeToValue(scenario.get("body"), ResponseCreateParams.Body.class);
    var parameters = ResponseCreateParams.builder().body(body).build();
    if (call.equals("responses.stream")) {
      Text text = new Text();
      try (var stream = client.responses().createStreaming(parameters)) {
        stream.stream().forEach(event -> {
          event.outputTextDelta().ifPresent(delta -> text.add(delta.delta()));
          event.completed().ifPresent(done -> responseUsage(result, done.response().usage()));
          event.incomplete().ifPresent(done -> responseUsage(result, done.response().usage()));
        });
      }
      text.into(result);
      return;
    }
    Response first = client.responses().create(parameters);
    if (call.equals("responses")) {
      result.put("text", textOf(first));
      responseUsage(result, first.usage());
      return;
    }
    Response second = client.responses().create(parameters.toBuilder().previousResponseId(first.id()).build());
    Response found = client.responses().retrieve(second.id());
    client.responses().delete(second.id());
    try {
      client.responses().retrieve(second.id());
      throw new IllegalStateException("a deleted response is still there");
    } catch (NotFoundException gone) {
      result.put("text", textOf(found));
    }
  }

  private static String textOf(Response response) {
    StringBuilder text = new StringBuilder();
    response.output().forEach(item -> item.message().ifPresent(message -> message.content()
        .forEach(part -> part.outputText().ifPresent(output -> text.append(output.text())))));
    return text.toString();
  }

  private static void usage(ObjectNode result, Optional<CompletionUsage> usage) {
    usage.ifPresent(each ->
        result.put("promptTokens", each.promptTokens()).put("completionTokens", each.completionTokens()));
  }

  private static void responseUsage(ObjectNode result, Optional<ResponseUsage> usage) {
    usage.ifPresent(each -> result.put("promptTokens", each.inputTokens()).put("completionTokens", each.outputTokens()));
  }

  /** A stream's text, and the number of its pieces. */
  private static final class Text {
    private final StringBuilder text = new StringBuilder();
    private int chunks;

    void add(String part) {
      if (part.isEmpty()) return;
      text.append(part);
      chunks++;
    }

    void into(ObjectNode result) {
      result.put("text", text.toString()).put("chunks", chunks);
    }
  }
}
