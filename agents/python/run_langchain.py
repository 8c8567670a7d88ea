# settings
import os

from langchain_anthropic import ChatAnthropic
from langchain_openai import ChatOpenAI, OpenAIEmbeddings

url, key = os.environ["SLUICE_URL"], os.environ["SLUICE_API_KEY"]


def openai(model):
    return ChatOpenAI(model=model, base_url=f"{url}/v1", api_key=key)


def responses(model):
    return ChatOpenAI(model=model, base_url=f"{url}/v1", api_key=key, use_responses_api=True)


def anthropic(model):
    return ChatAnthropic(model=model, base_url=url, api_key=key)


def embeddings(model):
    return OpenAIEmbeddings(model=model, base_url=f"{url}/v1", api_key=key, check_embedding_ctx_length=False)


# end of settings

from langchain.agents import create_agent
from langchain.tools import tool
from pydantic import BaseModel

from report import report

FIRST = {"role": "user", "content": "What is the weather in Paris and in Rome?"}


@tool
def weather(city: str) -> dict:
    """The weather of a city."""
    return {"city": city, "celsius": len(city)}


class Weather(BaseModel):
    """The weather of a city."""

    city: str
    celsius: float


def turns(model):
    """A tool loop of two steps, and a second turn that sends all of the first one back."""
    agent = create_agent(model, tools=[weather])
    one = agent.invoke({"messages": [FIRST]})
    two = agent.invoke({"messages": [*one["messages"], {"role": "user", "content": "Thank you."}]})
    return {"texts": [each["messages"][-1].text for each in (one, two)]}


def streamed(model):
    return {"text": "".join(chunk.text for chunk in model.stream("Hello"))}


def structured(model):
    return model.with_structured_output(Weather).invoke("Paris as an object").model_dump()


parts = {}
for name, model in {"openai": openai, "openai responses": responses, "anthropic": anthropic}.items():
    for dialect in ("openai", "anthropic"):
        parts |= {
            f"{name} to {dialect}: turns": lambda model=model, dialect=dialect: turns(model(f"weather-{dialect}")),
            f"{name} to {dialect}: stream": lambda model=model, dialect=dialect: streamed(model(f"hello-{dialect}")),
            f"{name} to {dialect}: object": lambda model=model, dialect=dialect: structured(model(f"object-{dialect}")),
        }
report({**parts, "openai: embedMany": lambda: embeddings("vectors-openai").embed_documents(["one", "two", "three"])})
