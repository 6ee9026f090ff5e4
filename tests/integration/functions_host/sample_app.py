"""The app that the host under test runs, with its settings and its ``host.json``."""

from __future__ import annotations

APP = """
import asyncio, json, os, threading, time
import azure.functions as func

app = func.FunctionApp()
ANYONE, ADMIN = func.AuthLevel.ANONYMOUS, func.AuthLevel.ADMIN


def record(event, **more):
    with open(os.environ["EVENTS"], "a", encoding="utf-8") as file:
        file.write(json.dumps({"event": event, "at": time.time(), **more}) + "\\n")


OPENED = threading.Event()


@app.route("open", auth_level=ANYONE, methods=["GET"])
async def anyone(req: func.HttpRequest) -> func.HttpResponse:
    OPENED.set()
    return func.HttpResponse("open")


@app.route("locked", methods=["GET"])
async def locked(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("locked")


@app.route("setting", auth_level=ANYONE, methods=["GET"])
async def setting(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(os.environ["FROM_FILE"] + os.environ["AZURE_FUNCTIONS_ENVIRONMENT"])


@app.route("guarded", auth_level=ADMIN, methods=["GET"])
async def guarded(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("guarded")


@app.route("items/{id:int}", auth_level=ANYONE, methods=["GET", "PUT"])
async def by_number(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("number " + req.route_params["id"])


@app.route("items/{id:guid}", auth_level=ANYONE, methods=["GET"])
async def by_guid(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("guid " + req.route_params["id"])


@app.route("files/{*rest}", auth_level=ANYONE, methods=["GET"])
async def files(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("rest " + req.route_params.get("rest", "none"))


@app.route("echo/{who?}", auth_level=ANYONE, methods=["POST"])
async def echo(req: func.HttpRequest) -> func.HttpResponse:
    seen = {"method": req.method, "url": req.url, "params": dict(req.params), "length": len(req.get_body()),
            "json": req.get_json(), "header": req.headers["X-Sample"], "route": dict(req.route_params)}
    headers = {"X-Answer": "yes", "Set-Cookie": "a=1"}
    return func.HttpResponse(json.dumps(seen), status_code=201, headers=headers, mimetype="application/json")


@app.route("size", auth_level=ANYONE, methods=["POST"])
async def size(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(str(len(req.get_body())))


@app.route("boom", auth_level=ANYONE, methods=["GET"])
async def boom(req: func.HttpRequest) -> func.HttpResponse:
    raise ValueError("jane.roe@example.com")


@app.route("nothing", auth_level=ANYONE, methods=["GET"])
async def nothing(req: func.HttpRequest):
    return None


@app.route("sync", auth_level=ANYONE, methods=["GET"])
def in_thread(req: func.HttpRequest, context: func.Context) -> str:
    OPENED.clear()
    record("sync waits")
    was_opened_meanwhile = OPENED.wait(10)
    same = context.thread_local_storage.invocation_id == context.invocation_id
    is_main = threading.current_thread() is threading.main_thread()
    return json.dumps({"same": same, "is_main": is_main, "name": context.function_name,
                       "directory": context.function_directory, "parent": context.trace_context.trace_parent,
                       "retries": context.retry_context.retry_count,
                       "was_opened_meanwhile": was_opened_meanwhile})


@app.route("slow", auth_level=ANYONE, methods=["GET"])
async def slow(req: func.HttpRequest) -> func.HttpResponse:
    record("slow begins")
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        record("slow cancelled")
        raise
    return func.HttpResponse("late")


@app.blob_trigger("blob", "%SEEN%/{name}.{ext}", "AzureWebJobsStorage")
async def seen(blob: func.InputStream) -> None:
    record("blob", name=blob.name, length=blob.length, text=blob.read().decode(), uri=blob.uri,
           kind=blob.blob_properties["ContentType"], metadata=blob.metadata)


@app.blob_trigger("blob", "broken/{name}", "AzureWebJobsStorage", source=func.BlobSource.EVENT_GRID)
def broken(blob: func.InputStream) -> None:
    record("broken", name=blob.name)
    raise RuntimeError("cannot read this")


@app.queue_trigger("message", "%JOBS%", "AzureWebJobsStorage")
async def job(message: func.QueueMessage) -> None:
    text = message.get_body().decode()
    record("job", text=text, tries=message.dequeue_count, id=message.id,
           inserted=message.insertion_time.isoformat())
    if text == "bad" or (text == "flaky" and message.dequeue_count < 2):
        raise RuntimeError(text)
    if text.startswith("long"):
        await asyncio.sleep(float(text.split()[1]))
        record("job ended", text=text)


@app.queue_trigger("message", "poisoned-poison", "AzureWebJobsStorage")
async def from_poison(message: func.QueueMessage) -> None:
    record("from poison", tries=message.dequeue_count)
    raise RuntimeError


@app.timer_trigger("timer", "* * * * * *")
async def every_second(timer: func.TimerRequest) -> None:
    record("timer begins", past_due=timer.past_due)
    await asyncio.sleep(1.3)
    record("timer ends")


@app.timer_trigger("timer", "0 0 0 1 1 *", run_on_startup=True)
def at_startup(timer: func.TimerRequest) -> None:
    record("startup", past_due=timer.past_due, status=timer.schedule_status)
"""
LOCAL_SETTINGS = {
    "IsEncrypted": False,
    "Values": {"FROM_FILE": "file ", "EVENTS": "the environment wins"},
    "Host": {"LocalHttpPort": 1, "CORS": "https://app.example.com"},
}
HOST_JSON = {
    "version": "2.0",
    "extensions": {
        "queues": {
            "batchSize": 4,
            "maxDequeueCount": 3,
            "visibilityTimeout": "00:00:01",
            "maxPollingInterval": "00:00:00.2",
        }
    },
}
