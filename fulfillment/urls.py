"""Pages of the floor and of wave planning."""

from django.urls import path

from fulfillment.views import count, devices, floor, pallets, rounds, scans, start, transfers, waves

urlpatterns = [
    path("waves/", waves.WaveIndex.as_view(), name="waves-index"),
    path("waves/ready/<path:key>/", waves.WaveGroup.as_view(), name="wave-group"),
    path("waves/<int:pk>/", waves.WaveDetail.as_view(), name="wave"),
    path("waves/<int:pk>/pick-list/", waves.PickList.as_view(), name="wave-pick-list"),
    path("floor/", floor.TaskHome.as_view(), name="floor-home"),
    path("floor/start/", start.Start.as_view(), name="floor-start"),
    path("floor/badge/", start.BadgePage.as_view(), name="floor-badge"),
    path("floor/register/", start.RegisterDevice.as_view(), name="floor-register"),
    path("floor/switch/", start.SwitchWorker.as_view(), name="floor-switch"),
    path("settings/floor-devices/", devices.DeviceList.as_view(), name="floor-devices"),
    path("settings/floor-devices/new/", devices.NewDevice.as_view(), name="floor-device-new"),
    path(
        "settings/floor-devices/<int:pk>/revoke/",
        devices.RevokeDevice.as_view(),
        name="floor-device-revoke",
    ),
    path("floor/scan/<str:screen>/", scans.Scan.as_view(), name="floor-scan"),
    path("floor/pick/", floor.PickNext.as_view(), name="floor-pick"),
    path("floor/pick/<int:pk>/", floor.Pick.as_view(), name="floor-pick-task"),
    path("floor/rounds/", rounds.RoundHome.as_view(), name="floor-rounds"),
    path("floor/rounds/<int:pk>/", rounds.Round.as_view(), name="floor-round"),
    path("floor/walls/<int:pk>/", rounds.Wall.as_view(), name="floor-wall"),
    path("floor/pack/", floor.PackHome.as_view(), name="floor-pack"),
    path("floor/pack/<int:pk>/open/", floor.PackOpen.as_view(), name="floor-pack-open"),
    path("floor/cartons/<int:pk>/", floor.Pack.as_view(), name="floor-carton"),
    path("floor/pallets/", pallets.PalletHome.as_view(), name="floor-pallets"),
    path("floor/pallets/<int:pk>/", pallets.PalletPage.as_view(), name="floor-pallet"),
    path("floor/dispatch/", floor.DispatchHome.as_view(), name="floor-dispatch"),
    path("floor/dispatch/<int:pk>/", floor.Dispatch.as_view(), name="floor-manifest"),
    path("floor/put-back/<int:pk>/", floor.PutBack.as_view(), name="floor-put-back"),
    path("floor/count/", count.CountHome.as_view(), name="floor-count"),
    path("floor/count/<int:pk>/", count.Count.as_view(), name="floor-count-bin"),
    path("floor/transfers/", transfers.TransferHome.as_view(), name="floor-transfers"),
    path("floor/transfers/<int:pk>/", transfers.TransferFloor.as_view(), name="floor-transfer"),
]
