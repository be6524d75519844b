# Two stages: the first brings everything with the launcher, the second keeps only what runs. Nothing is written to /app afterwards.
FROM debian:12-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY . .
# Only what runs stays: the screen's sources and its build tools are done with here.
RUN ./jarvis setup \
  && rm -rf node_modules ui/src ui/.svelte-kit \
  && .bun/bun install --frozen-lockfile --ignore-scripts --production \
  && cp bun.lock node_modules/.jarvis-lock \
  && rm -rf /root/.bun

FROM debian:12-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/* \
  && useradd --system --uid 10278 --user-group --home-dir /data --shell /usr/sbin/nologin jarvis \
  && install -d -o jarvis -g jarvis -m 0700 /data
COPY --from=build /app /app
WORKDIR /app
USER jarvis
# In a container the loopback is the container's own: the port is bound to the host's loopback by whoever publishes it.
ENV JARVIS_HOST=0.0.0.0 JARVIS_DATA=/data JARVIS_CONFIG=/config/jarvis.yaml
VOLUME /data
EXPOSE 5278
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=60s --timeout=5s --start-period=20s \
  CMD ["/app/.bun/bun", "-e", "process.exit((await fetch('http://127.0.0.1:5278/healthz')).ok ? 0 : 1)"]
ENTRYPOINT ["./jarvis"]
CMD ["start"]
