# Builds a static program that holds its corpus, and runs it as nobody on a read-only root:
#
#   docker build -t kaede .
#   docker run --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges \
#     -e DISCORD_TOKEN -e KAEDE_HOME -v kaede:/var/lib/kaede \
#     -e KAEDE_HTTP=0.0.0.0:8080 -p 127.0.0.1:8080:8080 kaede
#
# KAEDE_HTTP is for metrics that are read from outside: by default they are for the container alone.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o /kaede ./cmd/kaede && mkdir /data

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /kaede /kaede
COPY --from=build --chown=nonroot:nonroot /data /var/lib/kaede
ENV KAEDE_DATA=/var/lib/kaede
VOLUME /var/lib/kaede
USER nonroot
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["/kaede", "health"]
ENTRYPOINT ["/kaede"]
CMD ["serve"]
