// Runs scenarios with the official SDK for Go; see ../README.md.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/responses"
)

type scenario struct {
	ID    string          `json:"id"`
	Call  string          `json:"call"`
	Key   string          `json:"key"`
	Model string          `json:"model"`
	Body  json.RawMessage `json:"body"`
}

type input struct {
	BaseURL   string     `json:"baseUrl"`
	Key       string     `json:"key"`
	Scenarios []scenario `json:"scenarios"`
}

type failure struct {
	Status  int    `json:"status"`
	Code    string `json:"code,omitempty"`
	Param   string `json:"param,omitempty"`
	Message string `json:"message"`
}

type tool struct {
	Name      string `json:"name"`
	Arguments string `json:"arguments"`
}

type result struct {
	ID               string   `json:"id"`
	Text             string   `json:"text"`
	Finish           string   `json:"finish,omitempty"`
	Chunks           int      `json:"chunks,omitempty"`
	PromptTokens     int64    `json:"promptTokens,omitempty"`
	CompletionTokens int64    `json:"completionTokens,omitempty"`
	Choices          int      `json:"choices,omitempty"`
	Tool             *tool    `json:"tool,omitempty"`
	Logprobs         int      `json:"logprobs,omitempty"`
	Vectors          []int    `json:"vectors,omitempty"`
	IDs              []string `json:"ids,omitempty"`
	Error            *failure `json:"error,omitempty"`
}

func main() {
	var job input
	if err := json.NewDecoder(os.Stdin).Decode(&job); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	output := json.NewEncoder(os.Stdout)
	for _, each := range job.Scenarios {
		key := job.Key
		if each.Key == "wrong" {
			key = "sk-slu-wrong"
		}
		client := openai.NewClient(option.WithBaseURL(job.BaseURL+"/v1"), option.WithAPIKey(key), option.WithMaxRetries(0))
		found, err := call(context.Background(), client, each)
		if err != nil {
			found = result{Error: failureOf(err)}
		}
		found.ID = each.ID
		if err := output.Encode(found); err != nil {
			os.Exit(1)
		}
	}
}

func failureOf(err error) *failure {
	var apiError *openai.Error
	if errors.As(err, &apiError) {
		return &failure{Status: apiError.StatusCode, Code: apiError.Code, Param: apiError.Param, Message: apiError.Message}
	}
	return &failure{Message: err.Error()}
}

func call(ctx context.Context, client openai.Client, each scenario) (result, error) {
	switch each.Call {
	case "models.list":
		page, err := client.Models.List(ctx)
		if err != nil {
			return result{}, err
		}
		ids := []string{}
		for _, model := range page.Data {
			ids = append(ids, model.ID)
		}
		return result{IDs: ids}, nil
	case "models.get":
		model, err := client.Models.Get(ctx, each.Model)
		if err != nil {
			return result{}, err
		}
		return result{IDs: []string{model.ID}}, nil
	case "completions", "completions.stream":
		return complete(ctx, client, each)
	case "chat", "chat.stream":
		return chat(ctx, client, each)
	case "embeddings":
		return embed(ctx, client, each)
	case "responses", "responses.stream", "responses.chain":
		return respond(ctx, client, each)
	case "files", "batches", "batches.cancel":
		return callBatches(ctx, client, each)
	}
	return result{}, fmt.Errorf("the SDK has no %s", each.Call)
}

func complete(ctx context.Context, client openai.Client, each scenario) (result, error) {
	var body openai.CompletionNewParams
	if err := json.Unmarshal(each.Body, &body); err != nil {
		return result{}, err
	}
	if each.Call == "completions" {
		response, err := client.Completions.New(ctx, body)
		if err != nil {
			return result{}, err
		}
		choice := response.Choices[0]
		return result{Text: choice.Text, Finish: string(choice.FinishReason), PromptTokens: response.Usage.PromptTokens, CompletionTokens: response.Usage.CompletionTokens}, nil
	}
	parts := []string{}
	stream := client.Completions.NewStreaming(ctx, body)
	for stream.Next() {
		for _, choice := range stream.Current().Choices {
			if choice.Text != "" {
				parts = append(parts, choice.Text)
			}
		}
	}
	return result{Text: strings.Join(parts, ""), Chunks: len(parts)}, stream.Err()
}

func chat(ctx context.Context, client openai.Client, each scenario) (result, error) {
	var body openai.ChatCompletionNewParams
	if err := json.Unmarshal(each.Body, &body); err != nil {
		return result{}, err
	}
	if each.Call == "chat" {
		response, err := client.Chat.Completions.New(ctx, body, toolChoice(each.Body)...)
		if err != nil {
			return result{}, err
		}
		found := result{Choices: len(response.Choices), PromptTokens: response.Usage.PromptTokens, CompletionTokens: response.Usage.CompletionTokens}
		choice := response.Choices[0]
		found.Text, found.Finish, found.Logprobs = choice.Message.Content, choice.FinishReason, len(choice.Logprobs.Content)
		if len(choice.Message.ToolCalls) > 0 {
			called := choice.Message.ToolCalls[0].Function
			found.Tool = &tool{Name: called.Name, Arguments: called.Arguments}
		}
		return found, nil
	}
	found := result{}
	stream := client.Chat.Completions.NewStreaming(ctx, body)
	for stream.Next() {
		chunk := stream.Current()
		if chunk.Usage.TotalTokens > 0 {
			found.PromptTokens, found.CompletionTokens = chunk.Usage.PromptTokens, chunk.Usage.CompletionTokens
		}
		for _, choice := range chunk.Choices {
			if choice.Delta.Content != "" {
				found.Text += choice.Delta.Content
				found.Chunks++
			}
			if choice.FinishReason != "" {
				found.Finish = choice.FinishReason
			}
		}
	}
	return found, stream.Err()
}

// The SDK writes a choice of tool correctly, but reads it from JSON as another of its kinds.
func toolChoice(body json.RawMessage) []option.RequestOption {
	var fields struct {
		ToolChoice any `json:"tool_choice"`
	}
	if err := json.Unmarshal(body, &fields); err != nil || fields.ToolChoice == nil {
		return nil
	}
	return []option.RequestOption{option.WithJSONSet("tool_choice", fields.ToolChoice)}
}

func embed(ctx context.Context, client openai.Client, each scenario) (result, error) {
	var body openai.EmbeddingNewParams
	if err := json.Unmarshal(each.Body, &body); err != nil {
		return result{}, err
	}
	response, err := client.Embeddings.New(ctx, body)
	if err != nil {
		return result{}, err
	}
	found := result{}
	for _, entry := range response.Data {
		found.Vectors = append(found.Vectors, len(entry.Embedding))
	}
	return found, nil
}

func respond(ctx context.Context, client openai.Client, each scenario) (result, error) {
	var body responses.ResponseNewParams
	if err := json.Unmarshal(each.Body, &body); err != nil {
		return result{}, err
	}
	if each.Call == "responses.stream" {
		found := result{}
		stream := client.Responses.NewStreaming(ctx, body)
		for stream.Next() {
			event := stream.Current()
			switch event.Type {
			case "response.output_text.delta":
				found.Text += event.Delta
				found.Chunks++
			case "response.completed", "response.incomplete":
				found.PromptTokens, found.CompletionTokens = event.Response.Usage.InputTokens, event.Response.Usage.OutputTokens
			}
		}
		return found, stream.Err()
	}
	first, err := client.Responses.New(ctx, body)
	if err != nil || each.Call == "responses" {
		if err != nil {
			return result{}, err
		}
		return result{Text: first.OutputText(), PromptTokens: first.Usage.InputTokens, CompletionTokens: first.Usage.OutputTokens}, nil
	}
	body.PreviousResponseID = openai.String(first.ID)
	second, err := client.Responses.New(ctx, body)
	if err != nil {
		return result{}, err
	}
	found, err := client.Responses.Get(ctx, second.ID, responses.ResponseGetParams{})
	if err != nil {
		return result{}, err
	}
	if err := client.Responses.Delete(ctx, second.ID); err != nil {
		return result{}, err
	}
	if _, err := client.Responses.Get(ctx, second.ID, responses.ResponseGetParams{}); failureStatus(err) != 404 {
		return result{}, errors.New("a deleted response is still there")
	}
	return result{Text: found.OutputText()}, nil
}

func failureStatus(err error) int {
	if err == nil {
		return 200
	}
	return failureOf(err).Status
}
