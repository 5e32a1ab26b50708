from tornado.web import RequestHandler

default_handlers: list[tuple[str, type[RequestHandler]]]
