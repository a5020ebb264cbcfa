import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, Socket, connect } from "node:net";
import type { AddressInfo, Server } from "node:net";
import { after, before, describe, it } from "node:test";
import { createSecureContext } from "node:tls";
import { compilePolicy } from "./address.ts";
import type { AddressPolicy } from "./address.ts";
import { checkUrl } from "./address-url.ts";
import { dialFirst } from "./guard-dial.ts";
import type { Dial } from "./guard-dial.ts";
import { Connecting, ConnectFailed } from "./guard.ts";

let server: Server;
const accepted: Socket[] = [];
let port = 0;
before(async () => {
  server = createServer((socket) => accepted.push(socket.resume().on("error", () => {}))).listen(0, "127.0.0.1");
  await once(server, "listening");
  port = (server.address() as AddressInfo).port;
});
after(() => {
  server.close();
  for (const socket of accepted) socket.destroy();
});

/** A network in which some addresses answer, some refuse and the others are silent. */
function network(answering: readonly string[], refusing: readonly string[] = []) {
  const dialled: string[] = [];
  const sockets: Socket[] = [];
  const dial: Dial = (address) => {
    dialled.push(address);
    const socket = answering.includes(address) ? connect(port, "127.0.0.1") : new Socket();
    if (refusing.includes(address)) setImmediate(() => socket.destroy(new Error("refused")));
    sockets.push(socket);
    return Object.defineProperty(socket, "remoteAddress", { value: address });
  };
  return { dial, dialled, sockets };
}

const never = () => new AbortController().signal;

describe("of several addresses", () => {
  it("IPv6 is tried first, then the families in turn", async () => {
    const { dial, dialled } = network([], ["1.1.1.1", "1.1.1.2", "2606::1", "2606::2"]);
    assert.ok((await dialFirst(["1.1.1.1", "1.1.1.2", "2606::1", "2606::2"], 443, dial, never())) instanceof Error);
    assert.deepEqual(dialled, ["2606::1", "1.1.1.1", "2606::2", "1.1.1.2"]);
  });

  it("a silent one is overtaken, and given up when another answers", async () => {
    const { dial, dialled, sockets } = network(["1.1.1.1"]);
    const socket = await dialFirst(["2606::1", "1.1.1.1"], 443, dial, never());
    assert.ok(socket instanceof Socket);
    assert.deepEqual(dialled, ["2606::1", "1.1.1.1"]);
    assert.equal(sockets[0]?.destroyed, true);
    socket.destroy();
  });

  it("none is tried any more once one has answered, also when that one breaks later", async () => {
    const { dial, dialled } = network(["2606::1"]);
    const socket = await dialFirst(["2606::1", "1.1.1.1"], 443, dial, never());
    assert.ok(socket instanceof Socket);
    socket.destroy(new Error("later"));
    await new Promise((closed) => socket.once("close", closed));
    assert.deepEqual(dialled, ["2606::1"]);
  });

  it("all are given up at once when asked to", async () => {
    const { dial, sockets } = network([]);
    const giveUp = new AbortController();
    const dialling = dialFirst(["2606::1", "1.1.1.1"], 443, dial, giveUp.signal);
    giveUp.abort();
    assert.ok((await dialling) instanceof Error);
    assert.equal(sockets[0]?.destroyed, true);
  });
});

describe("what is connected to", () => {
  const policy: AddressPolicy = {
    allowHttp: true,
    allowNetworks: [],
    allowHosts: [],
    local: false,
    ownPorts: [],
    ownHosts: [],
    ownAddresses: [],
    nat64: "deny",
  };
  const rules = compilePolicy(policy);
  const target = checkUrl("http://hooks.example.com/", rules);
  assert.ok(target.ok);
  const options = (dial: Dial) => ({
    rules,
    dial,
    resolver: { resolve: () => Promise.resolve({ addresses: ["93.184.216.34"] }) },
    secureContext: createSecureContext(),
    monotonicMs: () => performance.now(),
  });

  it("is judged once more: a socket that is somewhere else is refused and closed", async () => {
    let socket = new Socket();
    const astray: Dial = () => (socket = connect(port, "127.0.0.1"));
    const opened = await new Connecting(target, options(astray)).open();
    assert.ok(opened instanceof ConnectFailed);
    assert.equal(opened.classified.failure, "address_refused");
    assert.equal(socket.destroyed, true);
  });

  it("is handed over with its times and its address", async () => {
    const connecting = new Connecting(target, options(network(["93.184.216.34"]).dial));
    const opened = await connecting.open();
    assert.ok(opened instanceof Socket);
    assert.equal(connecting.address, "93.184.216.34");
    assert.ok(connecting.dnsUs !== null && connecting.connectUs !== null && connecting.tlsUs === null);
    opened.destroy();
  });
});

it("a program whose only work is a send with a stalled resolver waits for its answer", async () => {
  const program = `
    const { localSender, exchangeTo } = await import(${JSON.stringify(new URL("../../../test/hostile/sending.ts", import.meta.url).href)});
    const sender = localSender({ resolver: { resolve: () => new Promise(() => {}) } });
    const answer = await sender.send(exchangeTo("http://hooks.example.com/", { timeoutMs: 300 }));
    await sender.close();
    console.log(answer.failure, answer.phase);
  `;
  const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", program], { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  const [code] = await once(child, "close");
  assert.deepEqual([code, output.trim()], [0, "timeout dns"]);
});
