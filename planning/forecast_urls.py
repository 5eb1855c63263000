"""Pages of forecasts and of the calendar of demand."""

from django.urls import path

from planning.views import (
    demand_events,
    demand_sources,
    forecast_acts,
    forecast_board,
    forecast_page,
)

urlpatterns = [
    path("forecasts/", forecast_board.ForecastBoard.as_view(), name="forecast-board"),
    path("forecasts/now/", forecast_board.ForecastCompute.as_view(), name="forecast-compute"),
    path("forecasts/new-product/", forecast_acts.Liken.as_view(), name="forecast-like"),
    path("forecasts/<int:pk>/", forecast_page.ForecastPage.as_view(), name="forecast-sku"),
    path(
        "forecasts/<int:pk>/override/", forecast_acts.Override.as_view(), name="forecast-override"
    ),
    path("forecasts/<int:pk>/method/", forecast_acts.LockMethod.as_view(), name="forecast-lock"),
    path(
        "forecasts/<int:pk>/leave-out/", forecast_acts.LeaveOut.as_view(), name="forecast-leave-out"
    ),
    path(
        "forecasts/overrides/<int:pk>/withdraw/",
        forecast_acts.WithdrawOverride.as_view(),
        name="forecast-override-withdraw",
    ),
    path(
        "forecasts/methods/<int:pk>/unlock/",
        forecast_acts.UnlockMethod.as_view(),
        name="forecast-unlock",
    ),
    path(
        "forecasts/left-out/<int:pk>/count/",
        forecast_acts.CountAgain.as_view(),
        name="forecast-count-again",
    ),
    path(
        "forecasts/likeness/<int:pk>/withdraw/",
        forecast_acts.WithdrawLikeness.as_view(),
        name="forecast-like-withdraw",
    ),
    path("sources/", demand_sources.DemandSources.as_view(), name="demand-sources"),
    path("events/", demand_events.DemandEventIndex.as_view(), name="demand-events"),
    path("events/new/", demand_events.EventNew.as_view(), name="demand-event-new"),
    path("events/<int:pk>/", demand_events.EventPage.as_view(), name="demand-event"),
    path("events/<int:pk>/edit/", demand_events.EventEdit.as_view(), name="demand-event-edit"),
    path("events/<int:pk>/end/", demand_events.EventEnd.as_view(), name="demand-event-end"),
]
