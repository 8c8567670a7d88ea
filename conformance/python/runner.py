"""Runs scenarios with the official SDKs for Python; see ../README.md."""

import inspect
import json
import sys
import time

import anthropic
import openai


def error_of(status, message, code=None, param=None):
    error = {"status": status, "message": message}
    if code:
        error["code"] = code
    if param:
        error["param"] = param
    return {"error": error}


def usage_of(usage, prompt, completion):
    if usage is None:
        return {}
    return {"promptTokens": getattr(usage, prompt), "completionTokens": getattr(usage, completion)}


def openai_usage(usage):
    return usage_of(usage, "prompt_tokens", "completion_tokens")


def response_usage(usage):
    return usage_of(usage, "input_tokens", "output_tokens")


def models_list(client, scenario, body):
    return {"ids": [model.id for model in client.models.list()]}


def models_get(client, scenario, body):
    return {"ids": [client.models.retrieve(scenario["model"]).id]}


def completions(client, scenario, body):
    response = client.completions.create(**body)
    choice = response.choices[0]
    return {"text": choice.text, "finish": choice.finish_reason, **openai_usage(response.usage)}


def completions_stream(client, scenario, body):
    parts = [chunk.choices[0].text for chunk in client.completions.create(**body, stream=True) if chunk.choices]
    parts = [part for part in parts if part]
    return {"text": "".join(parts), "chunks": len(parts)}


def chat(client, scenario, body):
    response = client.chat.completions.create(**body)
    choice = response.choices[0]
    result = {
        "text": choice.message.content or "",
        "finish": choice.finish_reason,
        "choices": len(response.choices),
        "logprobs": len(choice.logprobs.content or []) if choice.logprobs else 0,
        **openai_usage(response.usage),
    }
    if choice.message.tool_calls:
        called = choice.message.tool_calls[0].function
        result["tool"] = {"name": called.name, "arguments": called.arguments}
    return result


def chat_stream(client, scenario, body):
    parts, finish, usage = [], "", None
    for chunk in client.chat.completions.create(**body, stream=True):
        usage = chunk.usage or usage
        if not chunk.choices:
            continue
        choice = chunk.choices[0]
        finish = choice.finish_reason or finish
        if choice.delta.content:
            parts.append(choice.delta.content)
    return {"text": "".join(parts), "chunks": len(parts), "finish": finish, **openai_usage(usage)}


def embeddings(client, scenario, body):
    response = client.embeddings.create(**body)
    return {"vectors": [len(entry.embedding) for entry in response.data]}


def responses(client, scenario, body):
    response = client.responses.create(**body)
    return {"text": response.output_text, **response_usage(response.usage)}


def responses_stream(client, scenario, body):
    chunks, response = 0, None
    with client.responses.stream(**body) as stream:
        for event in stream:
            if event.type == "response.output_text.delta":
                chunks += 1
            if event.type in ("response.completed", "response.incomplete"):
                response = event.response
    return {"text": response.output_text, "chunks": chunks, **response_usage(response.usage)}


def responses_chain(client, scenario, body):
    first = client.responses.create(**body)
    follow_up = {**body, "input": "What is my name?", "previous_response_id": first.id}
    second = client.responses.create(**follow_up)
    found = client.responses.retrieve(second.id)
    client.responses.delete(second.id)
    try:
        client.responses.retrieve(second.id)
    except openai.NotFoundError:
        return {"text": found.output_text}
    raise RuntimeError("a deleted response is still there")


def files(client, scenario, body):
    content = body["content"].encode()
    uploaded = client.files.create(file=(body["filename"], content), purpose=body["purpose"])
    found = client.files.retrieve(uploaded.id)
    listed = [file.id for file in client.files.list()]
    text = client.files.content(uploaded.id).text
    client.files.delete(uploaded.id)
    try:
        client.files.retrieve(uploaded.id)
    except openai.NotFoundError:
        return {"text": text, "ids": [found.filename] if uploaded.id in listed else []}
    raise RuntimeError("a deleted file is still there")


OVER = ("completed", "failed", "expired", "cancelled")


def begin_batch(client, body):
    lines = [
        json.dumps({"custom_id": name, "method": "POST", "url": body["endpoint"], "body": line})
        for name, line in body["bodies"].items()
    ]
    file = client.files.create(file=("lines.jsonl", "\n".join(lines).encode()), purpose="batch")
    return client.batches.create(input_file_id=file.id, endpoint=body["endpoint"], completion_window="24h")


def batch_result(client, batch):
    while batch.status not in OVER:
        time.sleep(0.25)
        batch = client.batches.retrieve(batch.id)
    ids = []
    for file_id in (batch.output_file_id, batch.error_file_id):
        if file_id is None:
            continue
        for line in client.files.content(file_id).text.splitlines():
            response = json.loads(line)
            status = response["response"]["status_code"] if response["response"] else response["error"]["code"]
            ids.append(f"{response['custom_id']} {status}")
    counts = batch.request_counts
    return {"text": f"{batch.status} {counts.completed} {counts.failed}", "ids": ids}


def batches(client, scenario, body):
    return batch_result(client, begin_batch(client, body))


def batches_cancel(client, scenario, body):
    return batch_result(client, client.batches.cancel(begin_batch(client, body).id))


def message_result(message, chunks):
    result = {
        "text": "".join(block.text for block in message.content if block.type == "text"),
        "finish": message.stop_reason or "",
        "chunks": chunks,
        **response_usage(message.usage),
    }
    for block in message.content:
        if block.type == "tool_use":
            result["tool"] = {"name": block.name, "arguments": json.dumps(block.input)}
    return result


def message_arguments(client, body):
    """A field of the API that the SDK has no argument for, as `temperature`, goes into the request by `extra_body`."""
    known = inspect.signature(client.messages.create).parameters
    own = {name: value for name, value in body.items() if name in known}
    return {**own, "extra_body": {name: value for name, value in body.items() if name not in known}}


def messages(client, scenario, body):
    return message_result(client.messages.create(**message_arguments(client, body)), 0)


def messages_stream(client, scenario, body):
    chunks = 0
    with client.messages.stream(**message_arguments(client, body)) as stream:
        for _ in stream.text_stream:
            chunks += 1
        return message_result(stream.get_final_message(), chunks)


CALLS = {
    "models.list": models_list,
    "models.get": models_get,
    "completions": completions,
    "completions.stream": completions_stream,
    "chat": chat,
    "chat.stream": chat_stream,
    "embeddings": embeddings,
    "responses": responses,
    "responses.stream": responses_stream,
    "responses.chain": responses_chain,
    "files": files,
    "batches": batches,
    "batches.cancel": batches_cancel,
    "messages": messages,
    "messages.stream": messages_stream,
}


def outcome(job, scenario):
    key = job["key"] if scenario["key"] == "right" else "sk-slu-wrong"
    if scenario["sdk"] == "anthropic":
        client = anthropic.Anthropic(base_url=job["baseUrl"], api_key=key, max_retries=0)
    else:
        client = openai.OpenAI(base_url=job["baseUrl"] + "/v1", api_key=key, max_retries=0)
    try:
        return CALLS[scenario["call"]](client, scenario, scenario.get("body", {}))
    except openai.APIStatusError as error:
        return error_of(error.status_code, error.message, error.code, error.param)
    except anthropic.APIStatusError as error:
        return error_of(error.status_code, error.message)
    except Exception as error:  # a runner reports every error as a result
        return error_of(0, repr(error))


def main():
    job = json.load(sys.stdin)
    for scenario in job["scenarios"]:
        print(json.dumps({"id": scenario["id"], **outcome(job, scenario)}), flush=True)


main()
