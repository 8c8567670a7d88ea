import { describe, expect, test } from "vitest";
import { particulars } from "./particulars.ts";

describe("the exact names and numbers of a prompt", () => {
  test.each([
    ["What is the capital of France?", "Which city is France's capital?"],
    ["How tall is Mount Everest?", "What is the height of Mount Everest?"],
    ["How do I reverse a list in Python?", "In Python, how can a list be reversed?"],
    ["List three fruits", "Name three fruits."],
    ["What does HTTP status 404 mean?", "Explain the meaning of HTTP 404."],
    ["Why is the sky blue?", "What makes the sky look blue?"],
  ])("is the same in %j and %j", (a, b) => {
    expect(particulars(a)).toBe(particulars(b));
  });

  test.each([
    ["What is the capital of France?", "What is the capital of Spain?"],
    ["What is 17 times 23?", "What is 17 times 32?"],
    ["How much is 1.5 % of 80?", "How much is 15 % of 80?"],
    ["List three fruits", "List five fruits"],
    ["List foods with gluten.", "List foods without gluten."],
    ["Which animals can fly?", "Which animals can't fly?"],
    ["Which prime numbers are even?", "Which prime numbers are not even?"],
    ["Convert 20 Celsius to Fahrenheit.", "Convert 20 Fahrenheit to Celsius."],
    ["Who was the first person on the Moon?", "Who was the second person on the Moon?"],
    ["Is TCP faster?", "Is UDP faster?"],
  ])("differs between %j and %j", (a, b) => {
    expect(particulars(a)).not.toBe(particulars(b));
  });

  test("leaves out a word with a capital letter at the beginning of a sentence", () => {
    expect(particulars("Explain it. Then repeat it! Is it I?")).toBe("");
  });
});

test("a capital begins a sentence after an end of one and blanks, at the start of the text and of a line", () => {
  expect(particulars("Hello. World is\n  Big")).toBe("");
  expect(particulars("hello World, and  Big")).toBe("world big");
  expect(particulars(" Hello")).toBe("hello");
});
