package sluice;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.openai.client.OpenAIClient;
import com.openai.core.MultipartField;
import com.openai.core.ObjectMappers;
import com.openai.core.http.HttpResponse;
import com.openai.errors.NotFoundException;
import com.openai.models.batches.Batch;
import com.openai.models.batches.BatchCreateParams;
import com.openai.models.files.FileCreateParams;
import com.openai.models.files.FileObject;
import com.openai.models.files.FilePurpose;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.stream.Stream;

/** The calls about files and batches. */
final class Batches {
  private static final JsonMapper MAPPER = ObjectMappers.jsonMapper();
  private static final Set<String> OVER = Set.of("completed", "failed", "expired", "cancelled");

  private Batches() {}

  static void call(OpenAIClient client, String call, JsonNode body, ObjectNode result) throws Exception {
    if (call.equals("files")) {
      storeFile(client, body, result);
      return;
    }
    Batch begun = begin(client, body);
    resultOf(client, call.equals("batches.cancel") ? client.batches().cancel(begun.id()) : begun, result);
  }

  private static void storeFile(OpenAIClient client, JsonNode body, ObjectNode result) throws IOException {
    FilePurpose purpose = FilePurpose.of(body.get("purpose").asText());
    FileObject uploaded = upload(client, body.get("filename").asText(), body.get("content").asText(), purpose);
    FileObject found = client.files().retrieve(uploaded.id());
    ArrayNode ids = result.putArray("ids");
    client.files().list().data().stream().filter(file -> file.id().equals(uploaded.id()))
        .forEach(file -> ids.add(found.filename()));
    result.put("text", contentOf(client, uploaded.id()));
    client.files().delete(uploaded.id());
    try {
      client.files().retrieve(uploaded.id());
      throw new IllegalStateException("a deleted file is still there");
    } catch (NotFoundException gone) {
      return;
    }
  }

  private static Batch begin(OpenAIClient client, JsonNode body) throws IOException {
    String endpoint = body.get("endpoint").asText();
    StringJoiner lines = new StringJoiner("\n");
    body.get("bodies").properties().forEach(each -> {
      ObjectNode line = MAPPER.createObjectNode();
      line.put("custom_id", each.getKey()).put("method", "POST").put("url", endpoint).set("body", each.getValue());
      lines.add(line.toString());
    });
    FileObject file = upload(client, "lines.jsonl", lines.toString(), FilePurpose.BATCH);
    return client.batches().create(BatchCreateParams.builder()
        .inputFileId(file.id())
        .endpoint(BatchCreateParams.Endpoint.of(endpoint))
        .completionWindow(BatchCreateParams.CompletionWindow._24H)
        .build());
  }

  private static void resultOf(OpenAIClient client, Batch begun, ObjectNode result) throws Exception {
    Batch batch = begun;
    while (!OVER.contains(batch.status().asString())) {
      Thread.sleep(250);
      batch = client.batches().retrieve(batch.id());
    }
    ArrayNode ids = result.putArray("ids");
    List<String> files = Stream.of(batch.outputFileId(), batch.errorFileId()).flatMap(Optional::stream).toList();
    for (String file : files)
      for (String line : contentOf(client, file).strip().split("\n")) ids.add(outcomeOf(MAPPER.readTree(line)));
    long completed = batch.requestCounts().map(counts -> counts.completed()).orElse(0L);
    long failed = batch.requestCounts().map(counts -> counts.failed()).orElse(0L);
    result.put("text", batch.status().asString() + " " + completed + " " + failed);
  }

  /** The outcome of one request of a batch: its name, and its status or the code of its error. */
  private static String outcomeOf(JsonNode line) {
    JsonNode response = line.path("response");
    JsonNode outcome = response.isObject() ? response.path("status_code") : line.path("error").path("code");
    return line.path("custom_id").asText() + " " + outcome.asText();
  }

  private static FileObject upload(OpenAIClient client, String name, String content, FilePurpose purpose) {
    InputStream bytes = new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8));
    var file = MultipartField.<InputStream>builder().value(bytes).filename(name).build();
    return client.files().create(FileCreateParams.builder().purpose(purpose).file(file).build());
  }

  private static String contentOf(OpenAIClient client, String id) throws IOException {
    try (HttpResponse response = client.files().content(id)) {
      return new String(response.body().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
