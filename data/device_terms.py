"""The words of sensing devices: what they are, what they say, what is made of it. As in `data.terms`."""

from __future__ import annotations

from data.terms import Term


class DeviceKind(Term):
    """What a sensing device is."""

    DOOR = "door", "智慧门磁", "door magnet"
    MOTION = "motion", "人体感应器", "motion sensor"
    WATER = "water", "智能水表", "water meter"
    SMOKE = "smoke", "智能烟感", "smoke detector"
    GAS = "gas", "燃气报警器", "gas alarm"
    SOS = "sos", "一键呼叫器", "call button"
    GATEWAY = "gateway", "网关", "gateway"
    OTHER = "other", "其他设备", "other device"


class SignalKind(Term):
    """What a signal of a device says."""

    OPEN = "open", "开门", "opened"
    CLOSE = "close", "关门", "closed"
    MOTION = "motion", "有人活动", "movement"
    USE = "use", "用水", "water used"
    ALIVE = "alive", "心跳", "heartbeat"
    BATTERY = "battery", "电量", "battery"
    OFFLINE = "offline", "离线", "offline"
    ONLINE = "online", "上线", "online"
    ALARM = "alarm", "报警", "alarm"
    CLEAR = "clear", "报警解除", "alarm over"
    TEST = "test", "测试", "test"


class AlertKind(Term):
    """What is made of a device's signals, or of their absence."""

    CARE = "care", "关爱", "care"
    ALARM = "alarm", "报警", "alarm"
    FAULT = "fault", "设备故障", "device fault"
    GATEWAY = "gateway", "网关故障", "gateway fault"
    BATTERY = "battery", "电量低", "battery low"


class Standing(Term):
    """How a device stands. The order is that of a list: what needs somebody comes first."""

    ALARM = "alarm", "报警", "in alarm"
    SILENT = "silent", "无动静", "silent"
    LOST = "lost", "离线", "out of touch"
    LOW = "low", "电量低", "battery low"
    AWAY = "away", "外出", "away"
    FINE = "fine", "正常", "well"
    RETIRED = "retired", "停用", "retired"


class AlertFinding(Term):
    """What those who went there found; false alarms and faults of devices are counted apart."""

    HOSPITAL = "hospital", "需要救助，已送医", "in need, taken to hospital"
    HELPED = "helped", "需要救助，已就地帮助", "in need, helped on the spot"
    HAZARD = "hazard", "险情属实", "real hazard"
    FALSE_ALARM = "false_alarm", "误报，平安无事", "false alarm, all well"
    DEVICE_FAULT = "device_fault", "设备故障", "device fault"
