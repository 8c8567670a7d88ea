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
		return keepFile(ctx, client, each.Body)
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

func keepFile(ctx context.Context, client openai.Client, body json.RawMessage) (result, error) {
	var given struct{ Purpose, Filename, Content string }
	if err := json.Unmarshal(body, &given); err != nil {
		return result{}, err
	}
	kept, err := upload(ctx, client, given.Filename, given.Content, openai.FilePurpose(given.Purpose))
	if err != nil {
		return result{}, err
	}
	found, err := client.Files.Get(ctx, kept.ID)
	if err != nil {
		return result{}, err
	}
	page, err := client.Files.List(ctx, openai.FileListParams{})
	if err != nil {
		return result{}, err
	}
	ids := []string{}
	for _, file := range page.Data {
		if file.ID == kept.ID {
			ids = append(ids, found.Filename)
		}
	}
	text, err := contentOf(ctx, client, kept.ID)
	if err != nil {
		return result{}, err
	}
	if _, err := client.Files.Delete(ctx, kept.ID); err != nil {
		return result{}, err
	}
	if _, err := client.Files.Get(ctx, kept.ID); failureStatus(err) != 404 {
		return result{}, errors.New("a deleted file is still there")
	}
	return result{Text: text, IDs: ids}, nil
}

func begin(ctx context.Context, client openai.Client, body json.RawMessage) (*openai.Batch, error) {
	var given struct {
		Endpoint string
		Bodies   map[string]json.RawMessage
	}
	if err := json.Unmarshal(body, &given); err != nil {
		return nil, err
	}
	lines := []string{}
	for name, each := range given.Bodies {
		line, err := json.Marshal(map[string]any{"custom_id": name, "method": "POST", "url": given.Endpoint, "body": each})
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
		Endpoint:         openai.BatchNewParamsEndpoint(given.Endpoint),
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

// What became of one request of a batch: its name, and its status or the code of why it has none.
func outcomeOf(line string) (string, error) {
	var answer struct {
		CustomID string `json:"custom_id"`
		Response *struct {
			StatusCode int `json:"status_code"`
		}
		Error *struct{ Code string }
	}
	if err := json.Unmarshal([]byte(line), &answer); err != nil {
		return "", err
	}
	if answer.Response != nil {
		return fmt.Sprintf("%s %d", answer.CustomID, answer.Response.StatusCode), nil
	}
	if answer.Error != nil {
		return fmt.Sprintf("%s %s", answer.CustomID, answer.Error.Code), nil
	}
	return "", fmt.Errorf("neither a response nor an error in %s", line)
}

func upload(ctx context.Context, client openai.Client, name, content string, purpose openai.FilePurpose) (*openai.FileObject, error) {
	file := openai.File(bytes.NewReader([]byte(content)), name, "application/jsonl")
	return client.Files.New(ctx, openai.FileNewParams{File: file, Purpose: purpose})
}

func contentOf(ctx context.Context, client openai.Client, id string) (string, error) {
	answer, err := client.Files.Content(ctx, id)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	return string(text), err
}
