package io.shardshift.controller.resources;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardshift.api.codec.Json;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ApiTest {
    private static ApiServer server;

    @BeforeAll
    static void start() throws Exception {
        server = new ApiServer();
        server.plane().add("steered");
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /migrations, , 401, UNAUTHENTICATED",
        "GET, /migrations, wrong-0123456789ab, 401, UNAUTHENTICATED",
        "GET, /migrations, viewer-0123456789ab, 200,",
        "GET, /migrations, operator-0123456789, 200,",
        "GET, /openapi.yaml, viewer-0123456789ab, 200,",
        "GET, /nowhere, , 401, UNAUTHENTICATED",
        "POST, /migrations/steered/pause, , 401, UNAUTHENTICATED",
        "POST, /migrations/steered/pause, viewer-0123456789ab, 403, FORBIDDEN",
        "POST, /migrations/steered/pause, operator-0123456789, 200,",
        "PUT, /keyspaces/shop, viewer-0123456789ab, 403, FORBIDDEN",
        "DELETE, /migrations/steered, viewer-0123456789ab, 403, FORBIDDEN",
        "OPTIONS, /migrations, viewer-0123456789ab, 403, FORBIDDEN",
        "HEAD, /migrations/steered/events, viewer-0123456789ab, 200,",
    })
    void letsInByToken(String method, String path, String token, int status, String code) throws Exception {
        HttpResponse<String> response = server.send(method, path, token, null);
        assertThat(response.statusCode()).isEqualTo(status);
        if (code != null) {
            assertThat(problem(response).path("code").textValue()).isEqualTo(code);
        }
        assertThat(response.headers().firstValue("WWW-Authenticate").isPresent())
                .isEqualTo(status == 401);
    }

    @Test
    void passesTheAnswersOfTheControlPlaneThrough() throws Exception {
        assertThat(server.operator("PUT", "/keyspaces/books", "{\"keyspace\": \"books\"}")
                        .statusCode())
                .isEqualTo(201);
        assertThat(server.operator("PUT", "/keyspaces/books", "{\"keyspace\": \"books\"}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(server.operator("GET", "/keyspaces/books", null).body()).isEqualTo("{\"name\":\"books\"}");
        assertThat(server.operator("GET", "/keyspaces/books/agents", null).body())
                .isEqualTo("[{\"name\":\"books\"}]");

        HttpResponse<String> dry = server.operator("POST", "/migrations?dryRun=true", "{\"migration\": \"first\"}");
        assertThat(dry.statusCode()).isEqualTo(200);
        HttpResponse<String> made = server.operator("POST", "/migrations", "{\"migration\": \"first\"}");
        assertThat(made.statusCode()).isEqualTo(201);
        assertThat(made.headers().firstValue("Location").orElseThrow()).endsWith("/api/v1/migrations/first");
        HttpResponse<String> taken = server.operator("POST", "/migrations", "{\"migration\": \"first\"}");
        assertThat(taken.statusCode()).isEqualTo(409);
        JsonNode problem = problem(taken);
        assertThat(problem.path("title").textValue()).isEqualTo("first is another plan");
        assertThat(problem.path("detail").textValue()).isEqualTo("it was posted before");
        assertThat(problem.path("remedy").textValue()).isEqualTo("choose another name");
        assertThat(problem.path("status").intValue()).isEqualTo(409);

        assertThat(server.operator("DELETE", "/migrations/first", null).statusCode())
                .isEqualTo(204);
        assertThat(server.operator("GET", "/migrations/first", null).statusCode())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @EnumSource(Command.class)
    void givesEachCommandOn(Command command) throws Exception {
        HttpResponse<String> response = server.operator("POST", "/migrations/steered/" + command.path(), null);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(server.plane().newestCommand()).isEqualTo(command);
    }

    @Test
    void refusesABadBodyWithItsSingleErrors() throws Exception {
        HttpResponse<String> response = server.operator("POST", "/migrations", "{}");
        assertThat(response.statusCode()).isEqualTo(422);
        JsonNode error = problem(response).path("errors").path(0);
        assertThat(error.path("field").textValue()).isEqualTo("migration");
        assertThat(error.path("line").intValue()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PUT|/keyspaces/shop|{\"keyspace\": \"other\"}|422|BAD_KEYSPACE",
                "POST|/migrations?dryRun=yes|{\"migration\": \"typo\"}|400|BAD_REQUEST",
                "GET|/keyspaces/none||404|KEYSPACE_UNKNOWN",
                "GET|/migrations/none/events||404|MIGRATION_UNKNOWN",
                "GET|/nowhere||404|NOT_FOUND",
                "GET|/../../nowhere||404|NOT_FOUND",
                "POST|/migrations/steered/explode||404|NOT_FOUND",
                "PUT|/migrations||405|BAD_REQUEST",
                "BREW|/migrations||405|BAD_REQUEST",
                "GET|/migrations/a%2Fb||400|BAD_REQUEST",
                "GET|/migrations/%00||400|BAD_REQUEST",
            })
    void answersMistakesWithAProblem(String method, String path, String body, int status, String code)
            throws Exception {
        HttpResponse<String> response = server.operator(method, path, body);
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(problem(response).path("code").textValue()).isEqualTo(code);
        if (status != 422 && !code.endsWith("UNKNOWN")) { // those are the control plane's and the reader's
            assertThat(problem(response).path("remedy").textValue()).isNotBlank();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "Accept, image/png, 406",
        "Accept, nonsense, 406",
        "Content-Type, nonsense, 400",
    })
    void answersHeadersThatItCannotUseWithAProblem(String header, String value, int status) throws Exception {
        HttpResponse<String> response = server.withHeader("/migrations", header, value);
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(problem(response).path("code").textValue()).isEqualTo("BAD_REQUEST");
        assertThat(problem(response).path("remedy").textValue()).isNotBlank();
    }

    @Test
    void whatTheServerItselfRefusesIsAProblemToo() throws Exception {
        String answer = server.raw("GET /api/v1/migrations HTTP/1.1\r\nHost: a b\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 400").contains("application/problem+json", "\"code\":\"BAD_REQUEST\"");
        answer = server.raw("GET /api/v1/migrations HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(20_000) + "\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 431").contains("application/problem+json", "\"remedy\"");
    }

    @Test
    void tellsTheClientNothingOfAnUnexpectedError() throws Exception {
        HttpResponse<String> response = server.operator("GET", "/migrations/broken", null);
        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(problem(response).path("code").textValue()).isEqualTo("INTERNAL");
        assertThat(response.body())
                .contains("logged by the controller with id")
                .doesNotContain(ShopPlane.SECRET, "IllegalState", "at io.shardshift");
    }

    @Test
    void refusesABodyLargerThanTheBound() throws Exception {
        String name = "{\"keyspace\": \"large\"}";
        String fits = name + " ".repeat(BodyLimitFilter.MAX_BYTES - name.length());
        assertThat(server.operator("PUT", "/keyspaces/large", fits).statusCode())
                .isEqualTo(201);
        HttpResponse<String> response = server.operator("PUT", "/keyspaces/large", fits + " ");
        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(problem(response).path("code").textValue()).isEqualTo("BAD_REQUEST");
    }

    @Test
    void showsHealthAndMetricsOnTheAdminPort() throws Exception {
        assertThat(server.admin("/ping").statusCode()).isEqualTo(200);
        assertThat(server.admin("/healthcheck").statusCode()).isEqualTo(200);
        server.plane().ready(false);
        assertThat(server.admin("/healthcheck").statusCode()).isGreaterThanOrEqualTo(500);
        server.plane().ready(true);
        HttpResponse<String> metrics = server.admin("/metrics");
        assertThat(metrics.statusCode()).isEqualTo(200);
        assertThat(metrics.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/plain; version=0.0.4");
    }

    private static JsonNode problem(HttpResponse<String> response) {
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
        return Json.read(response.body().getBytes(StandardCharsets.UTF_8), JsonNode.class);
    }
}
