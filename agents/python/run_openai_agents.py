# settings
import os

from agents import set_default_openai_api, set_default_openai_client, set_tracing_disabled
from openai import AsyncOpenAI

url, key = os.environ["SLUICE_URL"], os.environ["SLUICE_API_KEY"]
set_default_openai_client(AsyncOpenAI(base_url=f"{url}/v1", api_key=key))
set_tracing_disabled(True)  # traces would go to OpenAI
# end of settings

import asyncio

from agents import Agent, Runner, function_tool
from pydantic import BaseModel

from report import report

# One loop for all: the client's connections belong to it.
LOOP = asyncio.new_event_loop()
FIRST = "What is the weather in Paris and in Rome?"


@function_tool
def weather(city: str) -> dict:
    """The weather of a city."""
    return {"city": city, "celsius": len(city)}


class Weather(BaseModel):
    city: str
    celsius: float


def turns(api, model):
    """A tool loop of two steps, and a second turn that sends all of the first one back."""

    async def run():
        set_default_openai_api(api)
        agent = Agent(name="Forecaster", instructions="Be brief.", model=model, tools=[weather])
        one = await Runner.run(agent, FIRST)
        two = await Runner.run(agent, [*one.to_input_list(), {"role": "user", "content": "Thank you."}])
        return [one.final_output, two.final_output]

    return {"texts": LOOP.run_until_complete(run())}


def streamed(api, model):
    async def run():
        set_default_openai_api(api)
        agent = Agent(name="Forecaster", instructions="Be brief.", model=model, tools=[weather])
        result = Runner.run_streamed(agent, FIRST)
        kinds = [event.type async for event in result.stream_events()]
        return {"text": result.final_output, "events": sorted(set(kinds))}

    return LOOP.run_until_complete(run())


def structured(api, model):
    async def run():
        set_default_openai_api(api)
        agent = Agent(name="Forecaster", model=model, output_type=Weather)
        return (await Runner.run(agent, "Paris as an object")).final_output.model_dump()

    return LOOP.run_until_complete(run())


parts = {}
for api in ("responses", "chat_completions"):
    for dialect in ("openai", "anthropic"):
        parts |= {
            f"{api} to {dialect}: turns": lambda api=api, dialect=dialect: turns(api, f"weather-{dialect}"),
            f"{api} to {dialect}: stream": lambda api=api, dialect=dialect: streamed(api, f"weather-{dialect}"),
            f"{api} to {dialect}: object": lambda api=api, dialect=dialect: structured(api, f"object-{dialect}"),
        }
report(parts)
