import type { Chat } from "../../../../contracts/history/chats.ts";
import { contentText } from "../../../../lib/chat-text.ts";
import { useFormatter, useTexts } from "../../i18n/translate.ts";
import { MESSAGES } from "./messages.ts";
import { neighbour, type Recording, stepsAt, textAfter, writeAt } from "./recording.ts";
import { SPEEDS, usePlayer } from "./use-player.ts";

/** A generation with its recording. */
export interface Played {
  readonly chat: Chat;
  readonly recording: Recording;
}

/** Plays responses as they were sent, several on one clock. */
export function Playback({ played }: { readonly played: readonly Played[] }) {
  const t = useTexts(MESSAGES);
  const format = useFormatter();
  const recordings = played.map(({ recording }) => recording);
  const durationMs = Math.max(0, ...recordings.map((recording) => recording.durationMs));
  const player = usePlayer(durationMs);
  const { atMs, isPlaying } = player;
  const milliseconds = (ms: number) => t("milliseconds", { value: format.number(ms, { maximumFractionDigits: 0 }) });
  return (
    <section className="playback" aria-label={t("playback")}>
      <div className="player">
        <button type="button" className="button primary" onClick={isPlaying ? player.pause : player.play}>
          {isPlaying ? t("pause") : t("play")}
        </button>
        <button
          type="button"
          className="button"
          aria-label={t("stepBack")}
          onClick={() => player.seek(neighbour(recordings, atMs, -1))}
        >
          <span aria-hidden="true" translate="no">
            ‹
          </span>
        </button>
        <button
          type="button"
          className="button"
          aria-label={t("stepOn")}
          onClick={() => player.seek(neighbour(recordings, atMs, 1))}
        >
          <span aria-hidden="true" translate="no">
            ›
          </span>
        </button>
        <input
          type="range"
          aria-label={t("position")}
          aria-valuetext={milliseconds(atMs)}
          min={0}
          max={Math.max(durationMs, 1)}
          step="any"
          value={atMs}
          onChange={({ target }) => player.seek(target.valueAsNumber)}
        />
        <span className="player-time" translate="no">
          {milliseconds(atMs)} / {milliseconds(durationMs)}
        </span>
        <fieldset className="presets">
          <legend className="visually-hidden">{t("speed")}</legend>
          {SPEEDS.map((speed) => (
            <button
              key={speed}
              type="button"
              className="button quiet"
              translate="no"
              aria-pressed={player.speed === speed}
              onClick={() => player.setSpeed(speed)}
            >
              {speed}×
            </button>
          ))}
        </fieldset>
      </div>
      <div className="panes">
        {played.map(({ chat, recording }) => (
          <PlayedPane key={chat.id} chat={chat} recording={recording} count={stepsAt(recording, atMs)} />
        ))}
      </div>
    </section>
  );
}

/** @param count writes that have been made */
function PlayedPane({ chat, recording, count }: Played & { readonly count: number }) {
  const t = useTexts(MESSAGES);
  const text = textAfter(recording, count);
  return (
    <article className="pane" aria-label={t("playbackOf", { id: chat.id })}>
      <div className="pane-head">
        <strong translate="no">{chat.model}</strong>
        <span className="quiet">{t("writes", { count: String(count), all: recording.steps.length })}</span>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard has to reach it */}
      <section className="played-text" translate="no" aria-label={t("responseOf", { id: chat.id })} tabIndex={0}>
        {text}
      </section>
      <details>
        <summary>{t("bytesOfWrite")}</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: as above */}
        <pre className="snippet played-bytes" translate="no" tabIndex={0}>
          {writeAt(recording, count)}
        </pre>
      </details>
    </article>
  );
}

/** The model's text of a response that is no stream. */
export function responseText({ messages }: Chat): string {
  return contentText(messages?.at(-1)?.content ?? "");
}
