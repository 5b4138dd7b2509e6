import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";

const containerfile = fileURLToPath(new URL("../../service/Containerfile", import.meta.url));

/** The container's health check, as its engine runs it. */
function healthCheck(): readonly string[] {
  const [, json = ""] = /^HEALTHCHECK .*\n +CMD (\[.*\])$/mu.exec(readFileSync(containerfile, "utf8")) ?? [];
  return JSON.parse(json) as string[];
}

function codeOfCheck(port: number): Promise<number | null> {
  const [command = "", ...args] = healthCheck();
  const env = { PATH: process.env["PATH"], METRICS_PORT: String(port) };
  return new Promise((resolve, reject) => {
    spawn(command, args, { env, stdio: "ignore" }).on("error", reject).on("exit", resolve);
  });
}

it("the container's health check asks the worker where it answers", async () => {
  let status = 200;
  const asked: (string | undefined)[] = [];
  const server = createServer(({ url }, response) => {
    asked.push(url);
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("It listens.");
  expect(await codeOfCheck(address.port)).toBe(0);
  status = 503;
  expect(await codeOfCheck(address.port)).toBe(1);
  expect(asked).toEqual(["/healthz", "/healthz"]);
  await new Promise((resolve) => server.close(resolve));
  expect(await codeOfCheck(address.port)).toBe(1);
});
