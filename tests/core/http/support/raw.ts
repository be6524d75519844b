// Bytes over TCP, for requests no decent client sends. For tests only.

/** Sends `text` and answers everything that came back until the other side closed or `quietMs` passed without a byte. */
export const rawHttp = (port: number, text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let answer = "";
    Bun.connect({
      hostname: "127.0.0.1",
      port,
      socket: {
        open: (socket) => void socket.write(text),
        data: (socket, bytes) => {
          answer += bytes.toString();
          if (answer.includes("\r\n\r\n")) socket.end();
        },
        close: () => resolve(answer),
        connectError: (_, error) => reject(error),
      },
    }).catch(reject);
  });

export const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);
