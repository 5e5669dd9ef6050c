"""No page yet."""

urlpatterns: list[object] = []
