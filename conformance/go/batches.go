package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/openai/openai-go/v3"
)

var over = map[openai.BatchStatus]bool{
	openai.BatchStatusCompleted: true,
	openai.BatchStatusFailed:    true,
	openai.BatchStatusExpired:   true,
	openai.BatchStatusCancelled: true,
}

// The calls about files and batches.
func callBatches(ctx context.Context, client openai.Client, each scenario) (result, error) {
	if each.Call == "files" {
		return storeFile(ctx, client, each.Body)
	}
	batch, err := begin(ctx, client, each.Body)
	if err != nil {
		return result{}, err
	}
	if each.Call == "batches.cancel" {
		if batch, err = client.Batches.Cancel(ctx, batch.ID); err != nil {
			return result{}, err
		}
	}
	return batchResult(ctx, client, batch)
}

func storeFile(ctx context.Context, client openai.Client, body json.RawMessage) (result, error) {
	var fields struct{ Purpose, Filename, Content string }
	if err := json.Unmarshal(body, &fields); err != nil {
		return result{}, err
	}
	uploaded, err := upload(ctx, client, fields.Filename, fields.Content, openai.FilePurpose(fields.Purpose))
	if err != nil {
		return result{}, err
	}
	found, err := client.Files.Get(ctx, uploaded.ID)
	if err != nil {
		return result{}, err
	}
	page, err := client.Files.List(ctx, openai.FileListParams{})
	if err != nil {
		return result{}, err
	}
	ids := []string{}
	for _, file := range page.Data {
		if file.ID == uploaded.ID {
			ids = append(ids, found.Filename)
		}
	}
	text, err := contentOf(ctx, client, uploaded.ID)
	if err != nil {
		return result{}, err
	}
	if _, err := client.Files.Delete(ctx, uploaded.ID); err != nil {
		return result{}, err
	}
	if _, err := client.Files.Get(ctx, uploaded.ID); failureStatus(err) != 404 {
		return result{}, errors.New("a deleted file is still there")
	}
	return result{Text: text, IDs: ids}, nil
}

func begin(ctx context.Context, client openai.Client, body json.RawMessage) (*openai.Batch, error) {
	var fields struct {
		Endpoint string
		Bodies   map[string]json.RawMessage
	}
	if err := json.Unmarshal(body, &fields); err != nil {
		return nil, err
	}
	lines := []string{}
	for name, each := range fields.Bodies {
		line, err := json.Marshal(map[string]any{"custom_id": name, "method": "POST", "url": fields.Endpoint, "body": each})
		if err != nil {
			return nil, err
		}
		lines = append(lines, string(line))
	}
	file, err := upload(ctx, client, "lines.jsonl", strings.Join(lines, "\n"), openai.FilePurposeBatch)
	if err != nil {
		return nil, err
	}
	return client.Batches.New(ctx, openai.BatchNewParams{
		InputFileID:      file.ID,
		Endpoint:         openai.BatchNewParamsEndpoint(fields.Endpoint),
		CompletionWindow: openai.BatchNewParamsCompletionWindow24h,
	})
}

func batchResult(ctx context.Context, client openai.Client, batch *openai.Batch) (result, error) {
	var err error
	for !over[batch.Status] {
		time.Sleep(250 * time.Millisecond)
		if batch, err = client.Batches.Get(ctx, batch.ID); err != nil {
			return result{}, err
		}
	}
	ids := []string{}
	for _, file := range []string{batch.OutputFileID, batch.ErrorFileID} {
		if file == "" {
			continue
		}
		text, err := contentOf(ctx, client, file)
		if err != nil {
			return result{}, err
		}
		for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
			id, err := outcomeOf(line)
			if err != nil {
				return result{}, err
			}
			ids = append(ids, id)
		}
	}
	counts := batch.RequestCounts
	return result{Text: fmt.Sprintf("%s %d %d", batch.Status, counts.Completed, counts.Failed), IDs: ids}, nil
}

// The outcome of one request of a batch: its name, and its status or the code of its error.
func outcomeOf(line string) (string, error) {
	var response struct {
		CustomID string `json:"custom_id"`
		Response *struct {
			StatusCode int `json:"status_code"`
		}
		Error *struct{ Code string }
	}
	if err := json.Unmarshal([]byte(line), &response); err != nil {
		return "", err
	}
	if response.Response != nil {
		return fmt.Sprintf("%s %d", response.CustomID, response.Response.StatusCode), nil
	}
	if response.Error != nil {
		return fmt.Sprintf("%s %s", response.CustomID, response.Error.Code), nil
	}
	return "", fmt.Errorf("neither a response nor an error in %s", line)
}

func upload(ctx context.Context, client openai.Client, name, content string, purpose openai.FilePurpose) (*openai.FileObject, error) {
	file := openai.File(bytes.NewReader([]byte(content)), name, "application/jsonl")
	return client.Files.New(ctx, openai.FileNewParams{File: file, Purpose: purpose})
}

func contentOf(ctx context.Context, client openai.Client, id string) (string, error) {
	response, err := client.Files.Content(ctx, id)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return string(text), err
}
