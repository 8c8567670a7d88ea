# settings
import os

from llama_index.embeddings.openai import OpenAIEmbedding
from llama_index.llms.openai_like import OpenAILike

url, key = os.environ["SLUICE_URL"], os.environ["SLUICE_API_KEY"]


def openai(model):
    return OpenAILike(
        model=model, api_base=f"{url}/v1", api_key=key, is_chat_model=True, is_function_calling_model=True
    )


def embeddings(model):
    return OpenAIEmbedding(model_name=model, api_base=f"{url}/v1", api_key=key)


# end of settings

import asyncio

from llama_index.core.agent.workflow import FunctionAgent
from llama_index.core.workflow import Context
from pydantic import BaseModel

from report import report


def weather(city: str) -> dict:
    """The weather of a city."""
    return {"city": city, "celsius": len(city)}


class Weather(BaseModel):
    """The weather of a city."""

    city: str
    celsius: float


def turns(model):
    """A tool loop of two steps, and a second turn that sends all of the first one back."""

    async def run():
        agent = FunctionAgent(tools=[weather], llm=model)
        context = Context(agent)
        prompts = ("What is the weather in Paris and in Rome?", "Thank you.")
        return [str(await agent.run(prompt, ctx=context)) for prompt in prompts]

    return {"texts": asyncio.run(run())}


def streamed(model):
    return {"text": "".join(chunk.delta or "" for chunk in model.stream_complete("Hello"))}


def structured(model):
    return model.as_structured_llm(Weather).complete("Paris as an object").raw.model_dump()


parts = {}
for dialect in ("openai", "anthropic"):
    parts |= {
        f"openai to {dialect}: turns-without-calls": lambda dialect=dialect: turns(openai(f"weather-{dialect}")),
        f"openai to {dialect}: stream": lambda dialect=dialect: streamed(openai(f"hello-{dialect}")),
        f"openai to {dialect}: object": lambda dialect=dialect: structured(openai(f"object-{dialect}")),
    }
report(
    {**parts, "openai: embedMany": lambda: embeddings("vectors-openai").get_text_embedding_batch(["one", "two", "three"])}
)
