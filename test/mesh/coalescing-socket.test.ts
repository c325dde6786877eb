import { expect, test } from "vitest";
import { CoalescingSocket, type SocketLike } from "../../mesh/broker/coalescing-socket.ts";

/** A socket that keeps what it was told, and an end of the turn that comes when the test says so. */
function recordingSocket(): { socket: CoalescingSocket; inner: SocketLike; calls: string[]; endTurn: () => void } {
  const calls: string[] = [];
  const inner: SocketLike = {
    binaryType: "blob",
    bufferedAmount: 7,
    onopen: null,
    onmessage: null,
    onerror: null,
    onclose: null,
    send: (data) => calls.push(new TextDecoder().decode(data)),
    close: () => calls.push("(close)"),
  };
  const scheduled: (() => void)[] = [];
  const socket = new CoalescingSocket(inner, (flush) => scheduled.push(flush));
  return {
    socket,
    inner,
    calls,
    endTurn: () => {
      for (const flush of scheduled.splice(0)) flush();
    },
  };
}

test("frames of one turn are written as one, in order", () => {
  const { socket, calls, endTurn } = recordingSocket();
  for (const frame of ["PUB a ", "PUB b ", "PUB c "]) socket.send(bytes(frame));
  expect(calls).toEqual([]);
  expect(socket.bufferedAmount).toBe(18 + 7);
  endTurn();
  expect(calls).toEqual(["PUB a PUB b PUB c "]);
  expect(socket.bufferedAmount).toBe(7);
});

test("each turn writes once", () => {
  const { socket, calls, endTurn } = recordingSocket();
  socket.send(bytes("first"));
  endTurn();
  socket.send(bytes("second"));
  socket.send(bytes(" and third"));
  endTurn();
  endTurn();
  expect(calls).toEqual(["first", "second and third"]);
});

test("close writes what is pending first", () => {
  const { socket, calls, endTurn } = recordingSocket();
  socket.send(bytes("last words"));
  socket.close();
  endTurn();
  expect(calls).toEqual(["last words", "(close)"]);
});

test("listeners and the binary type are those of the socket inside", () => {
  const { socket, inner } = recordingSocket();
  const listener = (): void => undefined;
  socket.binaryType = "arraybuffer";
  for (const name of ["onopen", "onmessage", "onerror", "onclose"] as const) {
    socket[name] = listener;
    expect(inner[name]).toBe(listener);
    expect(socket[name]).toBe(listener);
  }
  expect([inner.binaryType, socket.binaryType]).toEqual(["arraybuffer", "arraybuffer"]);
});

function bytes(text: string): ArrayBuffer {
  return new TextEncoder().encode(text).buffer;
}
