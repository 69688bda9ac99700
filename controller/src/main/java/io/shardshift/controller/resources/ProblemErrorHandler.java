package io.shardshift.controller.resources;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** What the server refuses before the API sees it is answered with a problem too, and says nothing of its insides. */
final class ProblemErrorHandler extends ErrorHandler {
    private static final int FIRST_OF_OURS = 500;

    @Override
    public boolean errorPageForMethod(String method) {
        return true;
    }

    @Override
    protected void generateResponse(
            Request request,
            Response response,
            int code,
            @Nullable String message,
            @Nullable Throwable cause,
            Callback callback) {
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, Problems.MEDIA_TYPE);
        response.write(true, ByteBuffer.wrap(Problems.body(code, problem(code))), callback);
    }

    @Override
    public ByteBuffer badMessageError(int status, @Nullable String reason, HttpFields.Mutable fields) {
        fields.put(HttpHeader.CONTENT_TYPE, Problems.MEDIA_TYPE);
        return ByteBuffer.wrap(Problems.body(status, problem(status)));
    }

    private static Problem problem(int status) {
        if (status >= FIRST_OF_OURS) {
            return Problem.of(ErrorCode.INTERNAL, "The controller failed; whether anything has changed is unknown")
                    .remedy("look at the status before trying again; the controller's log says more");
        }
        return status == 404
                ? Problem.of(ErrorCode.NOT_FOUND, "There is nothing at this path")
                        .remedy("see GET /api/v1/openapi.yaml")
                : Problem.of(ErrorCode.BAD_REQUEST, "The request cannot be read (HTTP {}); nothing has changed", status)
                        .remedy("see GET /api/v1/openapi.yaml; names have letters, digits, - and _ only");
    }
}
