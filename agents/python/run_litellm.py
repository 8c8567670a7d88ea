# settings
import os

import litellm

url, key = os.environ["SLUICE_URL"], os.environ["SLUICE_API_KEY"]


def openai(model):
    return {"model": f"openai/{model}", "api_base": f"{url}/v1", "api_key": key}


def anthropic(model):
    return {"model": f"anthropic/{model}", "api_base": url, "api_key": key}


# end of settings

import json

from report import report

litellm.telemetry = False
FIRST = {"role": "user", "content": "What is the weather in Paris and in Rome?"}
TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "weather",
            "description": "The weather of a city",
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
        },
    }
]
SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "celsius": {"type": "number"}},
    "required": ["city", "celsius"],
    "additionalProperties": False,
}


def loop(settings, messages):
    """Calls until the model calls no tool. Returns the text; the messages grow."""
    while True:
        message = litellm.completion(**settings, messages=messages, tools=TOOLS).choices[0].message
        messages.append(message.model_dump())
        if not message.tool_calls:
            return message.content
        for call in message.tool_calls:
            city = json.loads(call.function.arguments)["city"]
            content = json.dumps({"city": city, "celsius": len(city)})
            messages.append({"role": "tool", "tool_call_id": call.id, "content": content})


def turns(settings):
    messages = [FIRST]
    one = loop(settings, messages)
    messages.append({"role": "user", "content": "Thank you."})
    return {"texts": [one, loop(settings, messages)]}


def streamed(settings):
    chunks = litellm.completion(**settings, messages=[{"role": "user", "content": "Hello"}], stream=True)
    return {"text": "".join(chunk.choices[0].delta.content or "" for chunk in chunks)}


def structured(settings):
    response_format = {"type": "json_schema", "json_schema": {"name": "Weather", "schema": SCHEMA, "strict": True}}
    messages = [{"role": "user", "content": "Paris as an object"}]
    completion = litellm.completion(**settings, messages=messages, response_format=response_format)
    return json.loads(completion.choices[0].message.content)


parts = {}
for name, settings in {"openai": openai, "anthropic": anthropic}.items():
    for dialect in ("openai", "anthropic"):
        parts |= {
            f"{name} to {dialect}: turns": lambda s=settings, dialect=dialect: turns(s(f"weather-{dialect}")),
            f"{name} to {dialect}: stream": lambda s=settings, dialect=dialect: streamed(s(f"hello-{dialect}")),
            f"{name} to {dialect}: object": lambda s=settings, dialect=dialect: structured(s(f"object-{dialect}")),
        }
parts["openai: embedMany"] = lambda: [
    each["embedding"] for each in litellm.embedding(**openai("vectors-openai"), input=["one", "two", "three"]).data
]
report(parts)
